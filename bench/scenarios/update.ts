import type { Scenario, Side } from '../lib/scenario.ts';

const SIDES: readonly Side[] = [
  { who: 'ndomain', kind: 'ours', module: 'update/ours.ts' },
  { who: 'ndomain, with its cache', kind: 'variant', module: 'update/ours.ts', parameters: { cache: 1_000 } },
  { who: 'emmett, in memory', kind: 'peer', module: 'update/emmett.ts' },
  { who: 'castore, in memory', kind: 'peer', module: 'update/castore.ts' },
  { who: 'node-cqrs, in memory', kind: 'peer', module: 'update/node-cqrs.ts' },
  { who: '@rotorsoft/act, in memory', kind: 'peer', module: 'update/act.ts' },
];
const MEASURES = [{ name: '', unit: 'updates/s', higherIsBetter: true, goal: { peer: 3 } }] as const;

/** 2: load an aggregate, change it, append the change; in memory. */
export const UPDATE: readonly Scenario[] = [
  {
    name: 'update-5',
    work: 'in memory, 1,000 streams that grow to 5 events, one event of 118 bytes an update, 50 callers',
    measures: MEASURES,
    sides: SIDES,
    full: { streams: 1_000, seed: 0, updates: 5, callers: 50, forMs: 1_500 },
    quick: { streams: 1_000, seed: 0, updates: 5, callers: 50, forMs: 300 },
  },
  {
    name: 'update-200',
    work: 'in memory, 50 streams that grow from 150 to 200 events, one event of 118 bytes an update, 50 callers',
    measures: MEASURES,
    sides: SIDES,
    full: { streams: 50, seed: 150, updates: 50, callers: 50, forMs: 1_500 },
    quick: { streams: 50, seed: 150, updates: 50, callers: 50, forMs: 300 },
  },
];
