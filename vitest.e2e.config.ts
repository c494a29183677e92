import { defineConfig } from 'vitest/config';

/** The end-to-end suites: on the cluster of KUBECONFIG, one after the other, since they share its nodes. */
export default defineConfig({
  test: {
    include: ['test/e2e/**/*.test.ts'],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    pool: 'forks',
    fileParallelism: false,
    chaiConfig: { truncateThreshold: 0 },
    globalSetup: ['test/e2e/kinds.ts'],
  },
});
