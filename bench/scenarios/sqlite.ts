import type { Scenario, Side } from '../lib/scenario.ts';

const OURS: Side = { who: 'ndomain', kind: 'ours', module: 'sqlite-append/ours.ts' };
const EMMETT: Side = { who: 'emmett-sqlite', kind: 'peer', module: 'sqlite-append/emmett.ts' };
const NORMAL: Side = {
  who: 'emmett-sqlite, synchronous NORMAL',
  kind: 'variant',
  module: 'sqlite-append/emmett.ts',
  parameters: { synchronous: 'NORMAL' },
};
const GOAL = { peer: 5, limit: 0.5 } as const;
const WORK = 'appends of one event of 118 bytes with its expected version, in a file, WAL, synchronous FULL';

/** 5: what is durable in a file. */
export const SQLITE: readonly Scenario[] = [
  ...[1, 50].map((callers): Scenario => ({
    name: `sqlite-append-${callers}`,
    work: `${WORK}, ${callers === 1 ? 'one caller' : `${callers} callers, each on streams of its own`}`,
    measures: [{ name: '', unit: 'appends/s', higherIsBetter: true, goal: GOAL }],
    sides: [
      OURS,
      EMMETT,
      NORMAL,
      {
        who: callers === 1 ? 'limit: transactions of one row' : `limit: transactions of ${callers} rows`,
        kind: 'limit',
        module: 'sqlite-append/limit.ts',
      },
    ],
    full: { callers, perRound: callers === 1 ? 500 : 5_000, forMs: 1_500 },
    quick: { callers, perRound: callers === 1 ? 250 : 2_500, forMs: 300 },
  })),
  {
    name: 'sqlite-load',
    work: 'loads of whole streams of 100 events of 118 bytes, out of 1,000 streams in a file, payloads parsed, one caller',
    measures: [{ name: '', unit: 'events/s', higherIsBetter: true, goal: GOAL }],
    sides: [
      { who: 'ndomain', kind: 'ours', module: 'sqlite-load/ours.ts' },
      { who: 'emmett-sqlite', kind: 'peer', module: 'sqlite-load/emmett.ts' },
      { who: 'limit: SELECT and JSON.parse', kind: 'limit', module: 'sqlite-load/limit.ts' },
    ],
    full: { streams: 1_000, perStream: 100, loads: 500, forMs: 1_500 },
    quick: { streams: 200, perStream: 100, loads: 200, forMs: 300 },
  },
];
