import { transportSuite } from '@ndomain/testing';
import { describe, inject, it, vi } from 'vitest';
import { ours, TwoTransports } from './transports.ts';

// Each case waits for leases most of the time: some go on beside each other.
vi.setConfig({ maxConcurrency: 4 });

const NO_ORDER =
  'Azure promises no order of the messages of a queue; those of partitions are in a table, which keeps one';
const NO_CAUSE = 'Azure counts the hidden messages of a queue, but does not say why they are hidden';

transportSuite(
  {
    name: 'AzureQueueTransport',
    create: () => new TwoTransports(inject('azurite')),
    cleanUp: (backend) => ours(backend).close(),
    capabilities: { maxMessageBytes: 16 * 1_024 * 1_024, maxDelayMs: 7 * 86_400_000, delivery: 'poll' },
    leaseMs: 1_000,
    many: 200,
    refusedEndpoint: 'sales--eu',
    inject: (backend, endpoint, raw) => ours(backend).injectIntoQueue(endpoint, raw),
    restart: (backend) => ours(backend).restart(),
    skip: [
      {
        case: 'G5 messages of one sender arrive in order of sending, within a call and from call to call',
        reason: NO_ORDER,
      },
      {
        case: 'G9 a message that is released comes back at once, before the others, and the delivery does not count',
        reason: NO_ORDER,
      },
      { case: 'G9 closing a receiver gives back at once what it still has, in order and uncounted', reason: NO_ORDER },
      {
        case: 'G5 G8 what is retried comes before all that wait, in the order in which it was given up, whatever the order of the ids',
        reason: NO_ORDER,
      },
      { case: 'G8 a message that failed comes back not before its time, and soon after', reason: NO_CAUSE },
      { case: 'the figures tell what is ready, in flight, delayed and dead', reason: NO_CAUSE },
    ],
  },
  { describe: describe.concurrent, it },
);
