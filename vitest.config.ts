import { defineConfig } from 'vitest/config';
import { shared } from './vitest.shared.ts';

/** The tests of the repository's own scripts; packages have a configuration of their own. */
export default defineConfig({ ...shared, test: { ...shared.test, include: ['scripts/**/*.test.mjs'] } });
