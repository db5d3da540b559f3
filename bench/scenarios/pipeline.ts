import type { Scenario } from '../lib/scenario.ts';

/** 4: all of it, within one process. */
export const PIPELINE: readonly Scenario[] = [
  {
    name: 'pipeline',
    work:
      'in process, command → aggregate → event → handler, 118 bytes, nothing durable, 10,000 streams that grow by 5 events, ' +
      '50 handlers at once, at most 1,000 commands on their way',
    measures: [{ name: '', unit: 'commands/s', higherIsBetter: true, goal: { limit: 0.5 } }],
    sides: [
      { who: 'ndomain', kind: 'ours', module: 'pipeline/ours.ts' },
      { who: 'limit: arrays, JSON copies, calls', kind: 'limit', module: 'pipeline/limit.ts' },
    ],
    full: { count: 50_000, forMs: 2_000 },
    quick: { count: 50_000, forMs: 400 },
  },
];
