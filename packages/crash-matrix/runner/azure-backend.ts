import { azureStorage } from '@ndomain/azure';
import { Azurite } from '@ndomain/testing/servers';
import type { BackendEntry } from './backend-entry.ts';

/** An Azurite for each run, which the parent starts and every process connects to. */
export const azureBackend: BackendEntry = {
  name: 'azure',
  provides: ['eventStore', 'transport'],
  async prepare() {
    const azurite = await Azurite.start({ from: import.meta.url });
    return { where: azurite.connectionString, cleanUp: () => azurite[Symbol.asyncDispose]() };
  },
  open: (connectionString) => azureStorage({ connectionString, pollSubscriptionsEveryMs: 500 }),
};
