import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // whole values in messages: what is cut off is what one needs
    chaiConfig: { truncateThreshold: 0 },
    globalSetup: ['test/control-plane/broker.ts'],
  },
});
