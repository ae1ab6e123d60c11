// node fresh.mjs PAGE: waits for the form of a running demo, and records a payment with it.

import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const page = process.argv[2];
const ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--lang=en-US"];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ARGUMENTS, env: { ...process.env, LANGUAGE: "en_US" } });
try {
  const tab = await browser.newPage({ locale: "en-US" });
  tab.setDefaultTimeout(60_000);
  const complaints = [];
  tab.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  tab.on("pageerror", (error) => complaints.push(error.message));
  await tab.goto(page);
  const form = tab.locator("remit-payment");
  await form.locator(".form").waitFor();
  await tab.locator("#invoice").selectOption({ index: 1 });
  await form.locator("[name=amount]").fill("10.00");
  await form.locator("[name=paidAt]").fill("2026-11-19");
  await form.evaluate((element) => element.submit());
  await tab.waitForFunction(() => document.querySelector("remit-payment").state === "review");
  // The review accepts no click in its first moments, so that a double click cannot confirm it.
  await tab.waitForTimeout(1_000);
  await form.locator(".review .button.primary").click();
  await form.locator(".outcome").waitFor();
  const outcome = await form.locator(".outcome").getAttribute("data-outcome");
  assert.equal(outcome, "recorded", await form.locator(".outcome").textContent());
  assert.deepEqual(complaints, []);
  console.log("the form works: a payment is recorded");
} finally {
  await browser.close();
}
