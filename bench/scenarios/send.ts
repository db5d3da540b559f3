import type { Scenario } from '../lib/scenario.ts';

/** 1: a command from its sender to its handler, within one process. */
export const SEND: readonly Scenario[] = [
  {
    name: 'send',
    work:
      'in process, send → handler, 118 bytes, nothing durable, 50 handlers at once, at most 1,000 on their way; the two peers call the handler ' +
      'directly: they have no queue, count or copy',
    measures: [{ name: '', unit: 'messages/s', higherIsBetter: true, goal: { limit: 0.6 } }],
    sides: [
      { who: 'ndomain', kind: 'ours', module: 'send/ours.ts' },
      { who: '@nestjs/cqrs', kind: 'peer', module: 'send/nestjs.ts' },
      { who: 'moleculer, local', kind: 'peer', module: 'send/moleculer.ts' },
      { who: 'limit: array, JSON copy, call', kind: 'limit', module: 'send/limit.ts' },
    ],
    full: { count: 50_000, forMs: 1_500 },
    quick: { count: 50_000, forMs: 300 },
  },
];
