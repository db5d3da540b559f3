import type { Scenario } from '../lib/scenario.ts';

/** 11: what it costs to be there at all. */
export const STARTUP: readonly Scenario[] = [
  {
    name: 'startup',
    work:
      'as published (built, plain JavaScript), in process: from the import to the end of the first handler; memory of a context that idles, above a Node ' +
      'that only waits',
    measures: [
      { name: 'time', unit: 'ms', higherIsBetter: false, goal: { value: 60 } },
      { name: 'memory', unit: 'MB', higherIsBetter: false, goal: { value: 15 } },
    ],
    sides: [
      { who: 'ndomain', kind: 'ours', module: 'startup/ours.ts' },
      { who: '@nestjs/cqrs', kind: 'peer', module: 'startup/nestjs.ts' },
    ],
    full: { often: 5 },
    quick: { often: 1 },
  },
];
