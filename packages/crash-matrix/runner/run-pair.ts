import { setTimeout as wait } from 'node:timers/promises';
import { silentLogger, systemClock } from '@ndomain/core';
import {
  bankClient,
  type EvidenceSources,
  gatherEvidence,
  judge,
  storesOf,
  unfinished,
  type Verdict,
} from '@ndomain/testing/crash';
import { Crew } from './crew.ts';
import { Customers } from './customers.ts';
import { parentParts } from './local/local-parts.ts';
import { openPair, preparePair, type Pair } from './pairs.ts';
import { STEPS_OF_HANDLING } from './reporting-watch.ts';
import { sabotaged, type Sabotage } from './sabotage.ts';
import { WorkerProcess, type OnReached } from './worker-process.ts';

const WORKERS = 3;
/** Short, because each crash costs it. */
const LEASE_MS = 1_000;
const REPORT_RATE = 0.2;
/** Between two kills, in milliseconds, at most; and, for some of them, long enough for partitions to change hands. */
const SHORT_PAUSE_MS = 100;
const LONG_PAUSE_MS = 3 * LEASE_MS;
const LONG_PAUSES = 0.04;
/** How many kills do not wait until somebody has begun to work. */
const EARLY_KILLS = 0.05;
/** How long a worker is waited for that takes a certain step, in milliseconds. */
const NEXT_STEP_MS = 500;
/** How long what is left may take when nobody is killed any more, in milliseconds. */
const LONGEST_DRAIN_MS = 120_000;
const TELL_EVERY_MS = 5_000;

export interface PairRun {
  readonly kills: number;
  readonly sabotage: Sabotage;
  /** Told after each kill: how many there were, and where the worker was. */
  readonly onKill: (count: number, where: string) => void;
  /** Told from time to time, when nobody is killed any more, what is still to be done. */
  readonly onWait: (left: readonly string[]) => void;
}

export interface PairResult {
  readonly verdict: Verdict;
  readonly commands: number;
  readonly events: number;
}

/** Has workers handle commands, kills them again and again, and judges what is left in the stores at the end. */
export async function runPair(pair: Pair, { kills, sabotage, onKill, onWait }: PairRun): Promise<PairResult> {
  const services = { clock: systemClock, logger: silentLogger };
  const parts = sabotaged(parentParts(), sabotage);
  await using place = await preparePair(pair);
  const backend = openPair(pair, place, parts);
  await backend.open?.(services);
  const stores = storesOf(backend, parts, services);
  const client = await bankClient({ ...services, stores, witness: parts.witness, leaseMs: LEASE_MS }).start();
  const { eventStoreAt, transportAt } = place;
  const orders = { pair: pair.name, eventStoreAt, transportAt, leaseMs: LEASE_MS, reportRate: REPORT_RATE };
  const start = (onReached: OnReached): WorkerProcess => new WorkerProcess(orders, parts, onReached);
  await firstWorker(start);
  const crew = new Crew(WORKERS, start);
  const sources = (): EvidenceSources => ({ ...stores, witness: parts.witness, now: Date.now() });
  try {
    const customers = new Customers(client, stores.transport);
    const closing = new AbortController();
    const sending = customers.sendUntil(closing.signal);
    for (let count = 1; count <= kills; count++) {
      await wait(Math.random() < LONG_PAUSES ? LONG_PAUSE_MS : Math.random() * SHORT_PAUSE_MS);
      if (Math.random() > EARLY_KILLS) await crew.oneReady();
      onKill(count, Math.random() < 0.7 ? await crew.killAt(anyStep(), NEXT_STEP_MS) : crew.killAny());
    }
    closing.abort();
    await sending;
    await drained(sources, onWait);
    crew.check();
    await crew.stop();
    const evidence = await gatherEvidence(customers.orders, sources());
    return { verdict: judge(evidence), commands: evidence.orders.length, events: evidence.events.length };
  } finally {
    crew.abandon();
    await client.stop();
    if (typeof backend.transport === 'function') await stores.transport[Symbol.asyncDispose]();
    await backend.close?.();
  }
}

/** Makes the subscriptions known, so that commands wait from then on; and leaves Node's compiled code for the others. */
async function firstWorker(start: (onReached: OnReached) => WorkerProcess): Promise<void> {
  const worker = start(() => false);
  await worker.ready;
  await worker.stop();
}

function anyStep(): string {
  const step = STEPS_OF_HANDLING[Math.floor(Math.random() * STEPS_OF_HANDLING.length)];
  return `${Math.random() < 0.5 ? 'before' : 'after'} ${step}`;
}

/** Waits until nothing is left to do, or for so long that it never will be. */
async function drained(sources: () => EvidenceSources, onWait: PairRun['onWait']): Promise<void> {
  const begunAt = Date.now();
  let toldAt = begunAt;
  for (let quiet = 0; quiet < 3 && Date.now() - begunAt < LONGEST_DRAIN_MS;) {
    await wait(50);
    const left = await unfinished(sources());
    quiet = left.length === 0 ? quiet + 1 : 0;
    if (Date.now() - toldAt < TELL_EVERY_MS) continue;
    toldAt = Date.now();
    onWait(left);
  }
}
