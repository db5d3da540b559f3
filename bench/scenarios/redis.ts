import type { Scenario, Side } from '../lib/scenario.ts';

const REDIS = 'one Redis on this machine, in memory alone, 118 bytes';

function sides(folder: string, limit?: string, parameters: Side['parameters'] = {}): readonly Side[] {
  const all: Side[] = [
    { who: 'ndomain', kind: 'ours', module: `${folder}/ours.ts`, parameters },
    { who: 'bullmq', kind: 'peer', module: `${folder}/bullmq.ts`, parameters },
  ];
  if (limit !== undefined)
    all.push({ who: `limit: ${limit}`, kind: 'limit', module: `${folder}/limit.ts`, parameters });
  return all;
}

/** 6: throughput over Redis. */
export const REDIS_THROUGHPUT: readonly Scenario[] = [
  {
    name: 'redis-send-batch',
    work: `${REDIS}, sends of 1,000 messages, one after the other`,
    measures: [{ name: '', unit: 'messages/s', higherIsBetter: true, goal: { peer: 3 } }],
    sides: sides('redis-send', 'RPUSH of 1,000 texts', { batch: 1_000, callers: 1 }),
    full: { count: 20_000, forMs: 1_500 },
    quick: { count: 10_000, forMs: 300 },
  },
  {
    name: 'redis-send-single',
    work: `${REDIS}, sends of one message by 50 callers, each of which waits for its own`,
    measures: [{ name: '', unit: 'messages/s', higherIsBetter: true, goal: { peer: 2 } }],
    sides: sides('redis-send', 'RPUSH, automatic pipelines', { batch: 1, callers: 50 }),
    full: { count: 10_000, forMs: 1_500 },
    quick: { count: 5_000, forMs: 300 },
  },
  ...[1, 50, 200].map((concurrency): Scenario => ({
    name: `redis-process-${concurrency}`,
    work: `${REDIS}, receive → parse → asynchronous handler → acknowledge, one process, ${concurrency} at once, from a queue that was filled before`,
    measures: [
      {
        name: '',
        unit: 'messages/s',
        higherIsBetter: true,
        // What was asked for is about 50 at once; of one at a time nearly all is the way to the server and back.
        goal: concurrency === 50 ? { peer: 4, limit: 0.6 } : {},
      },
    ],
    sides: sides('redis-process', concurrency === 1 ? 'XREADGROUP, XACK' : 'XREADGROUP of 200, XACK'),
    full: { concurrency, count: concurrency === 1 ? 10_000 : 60_000 },
    quick: { concurrency, count: concurrency === 1 ? 3_000 : 20_000 },
  })),
];

const LATENCIES = (['p50', 'p99', 'p99.9'] as const).map((name) => ({
  name,
  unit: 'ms',
  higherIsBetter: false,
  goal: name === 'p99' ? { peer: 0.5 } : {},
}));

/** 7: from the beginning of a send to the beginning of its handler. */
export const REDIS_LATENCY: readonly Scenario[] = [
  {
    name: 'redis-latency-idle',
    work: `${REDIS}, from the send to the handler in one process, one message at a time while the worker waits`,
    measures: LATENCIES,
    sides: sides('redis-latency'),
    full: { samples: 3_000, perSecond: 0 },
    quick: { samples: 500, perSecond: 0 },
  },
  {
    name: 'redis-latency-load',
    work: `${REDIS}, from the send to the handler in one process, 2,500 messages a second for all sides: about half of what bullmq can take here, sent singly and handled in one process`,
    measures: LATENCIES,
    sides: sides('redis-latency'),
    full: { samples: 15_000, perSecond: 2_500 },
    quick: { samples: 4_000, perSecond: 2_500 },
  },
];

/** 8: a long queue. */
export const REDIS_DRAIN: readonly Scenario[] = [
  {
    name: 'redis-drain',
    work: `${REDIS}, a million messages (in the quick run 100,000) queued, then worked on by 1, 2 and 4 processes of 50 handlers at once`,
    measures: [
      { name: 'memory of the server', unit: 'bytes/message', higherIsBetter: false, goal: { peer: 0.6 } },
      { name: 'one process', unit: 'messages/s', higherIsBetter: true, goal: {} },
      { name: 'two processes', unit: 'messages/s', higherIsBetter: true, goal: {} },
      { name: 'four processes', unit: 'messages/s', higherIsBetter: true, goal: {} },
    ],
    sides: sides('redis-drain'),
    full: { messages: 1_000_000, slice: 100_000, concurrency: 50 },
    quick: { messages: 100_000, slice: 25_000, concurrency: 50 },
    // It takes a minute to fill the queue; the memory of a message does not change from run to run.
    runs: { full: 3, quick: 1 },
  },
];

/** 9: a process that dies. */
export const REDIS_RECOVERY: readonly Scenario[] = [
  {
    name: 'redis-recovery',
    work: `${REDIS}, two processes of 50 handlers of 20 ms each at full load, one of them ended by SIGKILL; leases of 5 s, looked after every 5 s`,
    measures: [
      { name: 'until its last message is handled', unit: 'ms', higherIsBetter: false, goal: {} },
      { name: 'lost', unit: 'messages', higherIsBetter: false, goal: { value: 0 } },
      { name: 'handled twice to the end', unit: 'messages', higherIsBetter: false, goal: {} },
    ],
    sides: sides('redis-recovery'),
    full: { messages: 30_000, concurrency: 50, handlerMs: 20, leaseMs: 5_000 },
    quick: { messages: 20_000, concurrency: 50, handlerMs: 20, leaseMs: 5_000 },
    runs: { full: 5, quick: 1 },
  },
];
