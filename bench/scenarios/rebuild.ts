import type { Scenario, Side } from '../lib/scenario.ts';

const SIDES: readonly Side[] = [
  { who: 'ndomain', kind: 'ours', module: 'rebuild/ours.ts' },
  { who: 'emmett, aggregateStream', kind: 'peer', module: 'rebuild/emmett.ts' },
  { who: 'ndomain, find() in the store', kind: 'variant', module: 'rebuild/ours-from-store.ts' },
  { who: 'limit: a loop with a switch', kind: 'limit', module: 'rebuild/limit.ts' },
];
const MEASURES = [{ name: '', unit: 'events/s', higherIsBetter: true, goal: { peer: 1, limit: 0.7 } }] as const;
const WORK = 'events of three names, 118 bytes each, already in memory, folded into one state';

/** 3: a state from its events. */
export const REBUILD: readonly Scenario[] = [1_000, 100_000].map((events) => ({
  name: `rebuild-${events}`,
  work: `${events.toLocaleString('en')} ${WORK}`,
  measures: MEASURES,
  sides: SIDES,
  full: { events, forMs: 1_000 },
  quick: { events, forMs: 300 },
}));
