import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import { numberOf } from './parameters.ts';
import { PAYLOAD, type Payload } from './payload.ts';
import type { Handle } from './redis-peers.ts';
import type { Outcome, Parameters } from './scenario.ts';

/** So many are sent before it counts. */
const WARM_UP = 500;
/** Between two messages to an idle worker, in milliseconds: it has to wait again, by whatever it waits with. */
const IDLE_MS = 2;
/** Between two looks at what is due, under load. */
const STEP_MS = 1;

/** What a side has to be able to do; its handler has to call what {@link measureLatency} gives it. */
export interface RedisLatency {
  start(handle: Handle): Promise<unknown>;
  send(payload: Payload): Promise<unknown>;
}

/** From the beginning of a send to the beginning of its handler, in one process and by one clock. */
export async function measureLatency(parameters: Parameters, side: RedisLatency): Promise<Outcome> {
  const samples = numberOf(parameters, 'samples');
  const perSecond = numberOf(parameters, 'perSecond');
  const count = samples + WARM_UP;
  const sentAt = new Float64Array(count);
  const waits: number[] = [];
  const progress = { handled: 0, onHandled: (): void => undefined };
  await side.start(async ({ accountId }) => {
    const index = Number(accountId);
    if (index >= WARM_UP) waits.push(performance.now() - (sentAt[index] ?? 0));
    progress.handled++;
    progress.onHandled();
  });
  const send = (index: number): Promise<unknown> => {
    sentAt[index] = performance.now();
    return side.send({ ...PAYLOAD, accountId: String(index) });
  };
  if (perSecond === 0) await oneByOne();
  else await steadily();
  waits.sort((a, b) => a - b);
  const at = (share: number): number => waits[Math.min(Math.floor(waits.length * share), waits.length - 1)] ?? 0;
  return {
    values: { p50: at(0.5), p99: at(0.99), 'p99.9': at(0.999) },
    proof: { 'messages handled': [progress.handled, count] },
  };

  async function oneByOne(): Promise<void> {
    for (let i = 0; i < count; i++) {
      const arrival = new Promise<void>((resolve) => (progress.onHandled = resolve));
      await Promise.all([send(i), arrival]);
      await pause(IDLE_MS);
    }
  }

  /**
   * Each message is sent when its moment has come, to the millisecond, whether those before it are through or not. Between them the process
   * sleeps: one that looked all the time would measure how long the collector needs for what looking leaves behind.
   */
  async function steadily(): Promise<void> {
    const sending: Promise<unknown>[] = [];
    const start = performance.now();
    for (let next = 0; next < count; await pause(STEP_MS)) {
      const due = Math.min(count, Math.ceil(((performance.now() - start) * perSecond) / 1_000));
      while (next < due) sending.push(send(next++));
    }
    await Promise.all(sending);
    while (progress.handled < count) await turn();
  }
}
