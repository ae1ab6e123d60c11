import { defineConfig } from "vitest/config";

// A busy machine needs longer than the default of five seconds.
const project = (environment) => ({ test: { name: environment, environment, include: ["vitest/*.test.mjs"], testTimeout: 60_000 } });

export default defineConfig({ test: { projects: ["node", "jsdom", "happy-dom"].map(project) } });
