import { defineConfig } from 'vitest/config';

/**
 * What the tests of all packages have in common; each package's vitest.config.ts starts from it.
 *
 * There are no retries, on purpose: a test that passes the second time has found a bug.
 */
export const shared = defineConfig({
  // Legacy decorators with metadata are what containers that resolve by constructor types need.
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 10_000,
    hookTimeout: 30_000,
    // The totals of `npm test` are summed up from this file.
    reporters: ['default', ['json', { outputFile: '.cache/test-results.json' }]],
  },
});
