import type { Scenario } from '../lib/scenario.ts';

/** Counted, so one run is as good as five. */
const ONCE = { full: 1, quick: 1 } as const;

/** 12: what is done, not how fast: what costs money, or wear. */
export const OPERATIONS: readonly Scenario[] = [
  {
    name: 'operations-sqlite',
    work:
      'everything in one file, FULL: command → aggregate → event → handler; commits of the log of SQLite, each of which is one sync to the disk ' +
      '(https://sqlite.org/pragma.html#pragma_synchronous)',
    measures: [
      { name: 'one command at a time', unit: 'syncs/command', higherIsBetter: false, goal: {} },
      { name: '50 commands at once', unit: 'syncs/command', higherIsBetter: false, goal: {} },
    ],
    sides: [{ who: 'ndomain', kind: 'ours', module: 'operations/sqlite.ts' }],
    full: { count: 500 },
    quick: { count: 250 },
    runs: ONCE,
  },
  {
    name: 'operations-redis',
    work: 'one Redis, 118 bytes: what clients send to the server for a message, sent singly by 50 callers, handled by 50 handlers at once, and acknowledged',
    measures: [
      { name: 'sent by clients', unit: 'commands/message', higherIsBetter: false, goal: { peer: 1 } },
      { name: 'called by scripts', unit: 'commands/message', higherIsBetter: false, goal: {} },
    ],
    sides: [
      { who: 'ndomain', kind: 'ours', module: 'operations/redis-ours.ts' },
      { who: 'bullmq', kind: 'peer', module: 'operations/redis-bullmq.ts' },
    ],
    full: { count: 2_000 },
    quick: { count: 1_000 },
    runs: ONCE,
  },
  {
    name: 'operations-azure',
    work:
      'Azurite behind a proxy that counts: an update of an aggregate that exists, no snapshot due, the index of its stream warm; messages sent 320 at once, ' +
      'received and committed',
    measures: [
      { name: 'a command', unit: 'table operations', higherIsBetter: false, goal: { value: 3 } },
      { name: 'a message', unit: 'queue operations', higherIsBetter: false, goal: { value: 2 + 1 / 32 } },
    ],
    sides: [{ who: 'ndomain', kind: 'ours', module: 'operations/azure.ts' }],
    full: { updates: 100, messages: 320 },
    quick: { updates: 20, messages: 320 },
    runs: ONCE,
  },
];
