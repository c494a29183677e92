import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // on a cluster with real containers: npm run test:e2e
    exclude: [...configDefaults.exclude, 'test/e2e/**'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // most of the slow ones wait for a server: with as many workers as cores the machine would idle
    maxWorkers: availableParallelism() + 1,
    // whole values in messages: what is cut off is what one needs
    chaiConfig: { truncateThreshold: 0 },
    reporters: ['default', './test/skipped-reporter.ts'],
    globalSetup: ['test/control-plane/broker.ts', 'test/program-broker.ts', 'test/faults/compiled-broker.ts'],
    // not isolated: what a test file imports is loaded once for a worker; `admission` is, since it counts the worlds of a file
    projects: [
      {
        extends: true,
        test: { name: 'plain', include: ['src/**/*.test.ts', 'test/**/*.test.ts'], isolate: false },
      },
      // once more, in clusters whose admission puts containers of others into every pod: see test/admission.ts
      {
        extends: true,
        test: {
          name: 'admission',
          include: [
            'test/delivery/{contested-status,how-to,latched,replaced,secrets}.test.ts',
            'test/deployments/embedded.test.ts',
            'test/lines/*.test.ts',
            'test/migrations/embedded.test.ts',
            'test/pools/renewed.test.ts',
            'test/queue/queue.test.ts',
          ],
          env: { PENSTOCK_TEST_ADMISSION: process.env['PENSTOCK_TEST_ADMISSION'] ?? '1' },
        },
      },
    ],
  },
});
