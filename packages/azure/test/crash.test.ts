import { azureStorage } from '@ndomain/azure';
import { LocalTransport, systemClock, type Backend } from '@ndomain/core';
import { crashMatrix, realTime, type CrashPair } from '@ndomain/testing';
import { describe, inject, it, vi } from 'vitest';
import { freshPrefix } from './support/names.ts';

// Each case waits for leases most of the time: many go on beside each other.
vi.setConfig({ testTimeout: 240_000, maxConcurrency: 16 });
const runner = { describe: describe.concurrent, it };

function pair(name: string, transportOf: (azure: Backend) => Pick<Backend, 'transport' | 'subscriptions'>): CrashPair {
  return {
    name,
    // Invisibility is counted in whole seconds.
    leaseMs: 2_000,
    isThorough: false,
    create() {
      const connectionString = inject('azurite');
      const prefix = freshPrefix();
      const { eventStore, ...azure } = azureStorage({ connectionString, prefix, pollSubscriptionsEveryMs: 200 });
      const backend = { name, eventStore, ...transportOf(azure) };
      return { open: () => backend, clock: systemClock, time: realTime({ toleranceMs: 1_000 }) };
    },
  };
}

// What it shows beyond the other pair is little, for its minute: `NDOMAIN_THOROUGH=1` runs it too.
if (process.env['NDOMAIN_THOROUGH'] !== undefined) {
  crashMatrix(
    pair('azure × local', () => ({ transport: new LocalTransport() })),
    runner,
  );
}
crashMatrix(
  pair('azure × azure', ({ transport, subscriptions }) => ({
    ...(transport === undefined ? {} : { transport }),
    ...(subscriptions === undefined ? {} : { subscriptions }),
  })),
  runner,
);
