import { mergeConfig } from 'vitest/config';
import { shared } from '../../vitest.shared.ts';

// Azurite is many times slower than the service, and there is one for all files.
export default mergeConfig(shared, {
  test: { globalSetup: ['test/support/global-setup.ts'], testTimeout: 60_000 },
});
