module.exports = {
  testMatch: ["**/jest/*.test.cjs"],
  globals: { IS_REACT_ACT_ENVIRONMENT: false },
  // A busy machine needs longer than the default of five seconds.
  testTimeout: 60_000,
};
