import { transportSuite } from '@ndomain/testing';
import { describe, inject, it, vi } from 'vitest';
import { inOneLane, ours, TwoTransports } from './transports.ts';

// Each case waits for leases most of the time: some go on beside each other.
vi.setConfig({ maxConcurrency: 4 });

transportSuite(
  {
    name: 'AzureQueueTransport, in one partition',
    create: () => new TwoTransports(inject('azurite'), inOneLane),
    cleanUp: (backend) => ours(backend).close(),
    capabilities: { maxMessageBytes: 16 * 1_024 * 1_024, maxDelayMs: 7 * 86_400_000, delivery: 'poll' },
    leaseMs: 1_000,
    many: 200,
    refusedEndpoint: 'sales--eu',
    inject: (backend, endpoint, raw) => ours(backend).injectIntoLane(endpoint, raw),
    restart: (backend) => ours(backend).restart(),
  },
  { describe: describe.concurrent, it },
);
