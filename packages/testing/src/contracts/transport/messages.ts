import assert from 'node:assert/strict';
import type {
  DeadLetterReason,
  InboundTransport,
  MessageTransaction,
  Transport,
  TransportMessage,
} from '@ndomain/core';
import { eventually } from '../../time/eventually.ts';

/** Accepted by every backend: 3 to 63 of a-z, 0-9 and '-'. */
export const ENDPOINT = 'sales';
export const OTHER_ENDPOINT = 'mail';
/** How long a case waits for what has to come, in milliseconds of real time. */
const PATIENCE_MS = 20_000;

export function message(id: string, more: Partial<TransportMessage> = {}): TransportMessage {
  return { id, name: 'PlaceOrder', payload: { id }, headers: {}, endpoint: ENDPOINT, component: 'Sales', ...more };
}

export const REASON: DeadLetterReason = {
  code: 'ERROR',
  message: 'out of stock',
  stack: 'Error: out of stock\n  at …',
  attempts: 3,
  failedAt: Date.UTC(2010, 11, 1),
};

/** Receives exactly so many messages, in as few calls as it takes. */
export async function receive(inbound: InboundTransport, count: number): Promise<MessageTransaction[]> {
  const received: MessageTransaction[] = [];
  const signal = AbortSignal.timeout(PATIENCE_MS);
  while (received.length < count) {
    received.push(...(await inbound.receive(count - received.length, signal)));
    assert.ok(!signal.aborted, `expected ${count} messages within ${PATIENCE_MS} ms, got ${received.length}`);
  }
  return received;
}

export async function receiveOne(inbound: InboundTransport): Promise<MessageTransaction> {
  const [transaction] = await receive(inbound, 1);
  assert.ok(transaction);
  return transaction;
}

export function read(transaction: MessageTransaction): TransportMessage {
  const { message, broken } = transaction.read();
  assert.ok(message !== undefined, `the message is broken: ${broken?.problem}`);
  return message;
}

export function idsOf(transactions: readonly MessageTransaction[]): string[] {
  return transactions.map((transaction) => read(transaction).id);
}

export interface Arrival {
  readonly id: string;
  readonly at: number;
  readonly transaction: MessageTransaction;
}

/** Receives in the background whatever comes, and remembers when it came. */
export class Collector {
  readonly arrivals: Arrival[] = [];
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;

  constructor(inbound: InboundTransport, now: () => number, onArrival?: (arrival: Arrival) => Promise<void>) {
    this.#running = this.#run(inbound, now, onArrival);
  }

  get ids(): string[] {
    return this.arrivals.map(({ id }) => id);
  }

  /** Waits until so many have come. */
  async has(count: number): Promise<readonly Arrival[]> {
    return eventually(() => this.arrivals.length >= count && this.arrivals, { timeoutMs: PATIENCE_MS });
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(
    inbound: InboundTransport,
    now: () => number,
    onArrival?: (arrival: Arrival) => Promise<void>,
  ): Promise<void> {
    while (!this.#stop.signal.aborted) {
      for (const transaction of await inbound.receive(10, this.#stop.signal)) {
        const arrival = { id: read(transaction).id, at: now(), transaction };
        this.arrivals.push(arrival);
        await onArrival?.(arrival);
      }
    }
  }
}

/** Asserts that an endpoint has these figures, as soon as the backend can tell. */
export function figuresAre(
  transport: Transport,
  expected: { ready?: number; delayed?: number; inFlight?: number; dead?: number },
  endpoint = ENDPOINT,
): Promise<void> {
  return eventually(
    async () => {
      const { ready, delayed, inFlight, dead } = await transport.figures(endpoint);
      assert.deepEqual({ ready, delayed, inFlight, dead }, { ready: 0, delayed: 0, inFlight: 0, dead: 0, ...expected });
    },
    { timeoutMs: PATIENCE_MS },
  );
}
