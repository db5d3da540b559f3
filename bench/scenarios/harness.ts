import type { Parameters, Scenario } from '../lib/scenario.ts';

const MEASURES = [{ name: '', unit: 'per second', higherIsBetter: true, goal: { peer: 0.8 } }] as const;

/** Our side for a peer (as `ours`) beside what the peer's own benchmark, or its first example, does (as `peer`). */
function compare(
  name: string,
  work: string,
  ours: readonly [module: string, parameters: Parameters],
  theirs: readonly [module: string, parameters: Parameters],
): Scenario {
  return {
    name: `harness-${name}`,
    work,
    measures: MEASURES,
    sides: [
      { who: 'as it is measured here', kind: 'ours', module: ours[0], parameters: ours[1] },
      { who: 'as it measures itself', kind: 'peer', module: theirs[0], parameters: theirs[1] },
    ],
    full: { forMs: 1_500 },
    quick: { forMs: 300 },
  };
}

const BULLMQ_BENCH = 'https://github.com/taskforcesh/bullmq-bench';
const STREAMS = { streams: 1_000, seed: 0, updates: 5, callers: 1 } as const;
const README = 'it has no benchmark: the loop of its first example';

/** Whether we hold our peers back: `npm run bench -- --harness`. No figure of a peer may be less than 0.8 of what its own harness gives. */
export const HARNESSES: readonly Scenario[] = [
  compare(
    'bullmq-add',
    `bullmq, add: queue-add of ${BULLMQ_BENCH}, one job after the other`,
    ['redis-send/bullmq.ts', { batch: 1, callers: 1, count: 2_000 }],
    ['harness/bullmq.ts', { what: 'add', count: 4_000 }],
  ),
  compare(
    'bullmq-bulk',
    `bullmq, addBulk: queue-add-bulk of ${BULLMQ_BENCH}, 100 jobs at once`,
    ['redis-send/bullmq.ts', { batch: 100, callers: 1, count: 5_000 }],
    ['harness/bullmq.ts', { what: 'bulk', count: 10_000 }],
  ),
  compare(
    'bullmq-worker',
    `bullmq, worker: worker-generic of ${BULLMQ_BENCH}, one job at a time`,
    ['redis-process/bullmq.ts', { concurrency: 1, count: 8_000 }],
    ['harness/bullmq.ts', { what: 'worker', count: 8_000 }],
  ),
  compare(
    'emmett-sqlite',
    'emmett-sqlite: "1000 sequential appends" of https://github.com/event-driven-io/emmett/blob/main/src/packages/emmett-sqlite/src/benchmarks/index.ts',
    ['sqlite-append/emmett.ts', { callers: 1, perRound: 500 }],
    ['harness/emmett-sqlite.ts', {}],
  ),
  compare(
    'moleculer',
    'moleculer: "broker.call (with params)" of https://github.com/moleculerjs/moleculer/blob/master/benchmark/suites/common.js',
    ['send/moleculer.ts', { count: 50_000 }],
    ['harness/in-memory.ts', { who: 'moleculer' }],
  ),
  compare('nestjs', `@nestjs/cqrs: ${README}`, ['send/nestjs.ts', { count: 50_000 }], ['harness/nestjs.ts', {}]),
  compare(
    'emmett',
    `emmett in memory: ${README}`,
    ['update/emmett.ts', STREAMS],
    ['harness/in-memory.ts', { who: 'emmett' }],
  ),
  compare(
    'castore',
    `castore in memory: ${README}`,
    ['update/castore.ts', STREAMS],
    ['harness/in-memory.ts', { who: 'castore' }],
  ),
];
