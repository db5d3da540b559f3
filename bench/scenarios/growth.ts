import type { Scenario } from '../lib/scenario.ts';

const MEASURES = [
  { name: 'appends', unit: 'times slower than at 10,000', higherIsBetter: false, goal: { value: 1.3 } },
  { name: 'loads', unit: 'times slower than at 10,000', higherIsBetter: false, goal: { value: 1.3 } },
  { name: 'appends to the middle file', unit: 'times slower than at 10,000', higherIsBetter: false, goal: {} },
  { name: 'loads from the middle file', unit: 'times slower than at 10,000', higherIsBetter: false, goal: {} },
] as const;

/** 10: whether a large file is slower than a small one. */
export const GROWTH: readonly Scenario[] = [
  {
    name: 'growth',
    work:
      'SQLite, FULL, files of 10,000, a million and ten million events (in the quick run 100,000 and 500,000) of 118 bytes in streams of 100, side by side: appends by 50 callers ' +
      'to streams of all ages, loads of whole streams by one; the first two rows compare the largest file with the smallest; 31 rounds (in the quick run 9) on each file in turns',
    measures: MEASURES,
    sides: [{ who: 'ndomain', kind: 'ours', module: 'growth/ours.ts' }],
    full: { small: 10_000, middle: 1_000_000, large: 10_000_000, rounds: 31 },
    quick: { small: 10_000, middle: 100_000, large: 500_000, rounds: 9 },
    // It takes minutes to fill the files; the rounds are inside.
    runs: { full: 1, quick: 1 },
  },
];
