import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    // on a cluster with real containers: npm run test:e2e
    exclude: [...configDefaults.exclude, 'test/e2e/**'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // most of the slow ones wait for a server: one worker less than cores would leave the machine idle
    maxWorkers: 2,
    // whole values in messages: what is cut off is what one needs
    chaiConfig: { truncateThreshold: 0 },
    globalSetup: ['test/control-plane/broker.ts', 'test/program-broker.ts'],
  },
});
