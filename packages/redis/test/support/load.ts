import type { InboundTransport, MessageTransaction, Transport, TransportMessage } from '@ndomain/core';
import { eventually } from '@ndomain/testing';

export const ENDPOINT = 'sales';

export function message(id: string, more: Partial<TransportMessage> = {}): TransportMessage {
  return { id, name: 'Sent', payload: { id }, headers: {}, endpoint: ENDPOINT, component: 'Sales', ...more };
}

export function idOf(transaction: MessageTransaction): string {
  return transaction.read().message?.id ?? '';
}

/** Receives exactly so many. */
export async function receive(inbound: InboundTransport, count: number): Promise<MessageTransaction[]> {
  const received: MessageTransaction[] = [];
  const signal = AbortSignal.timeout(20_000);
  while (received.length < count && !signal.aborted) {
    received.push(...(await inbound.receive(count - received.length, signal)));
  }
  return received;
}

/**
 * Sends and receives without a pause, as long as a test does something to the server. What fails is tried again, as the callers and the
 * worker do it.
 */
export class Load {
  /** What was accepted, by when. */
  readonly accepted = new Map<string, number>();
  readonly handled = new Set<string>();
  failures = 0;
  readonly #stopSending = new AbortController();
  readonly #stopReceiving = new AbortController();
  readonly #sending: Promise<void>;
  readonly #receiving: Promise<void>;

  constructor(from: Transport, to: Transport, leaseMs: number) {
    this.#sending = this.#send(from);
    this.#receiving = this.#receive(to.receiver(ENDPOINT, { leaseMs }));
  }

  /** Waits until so many more were accepted and handled. */
  async goesOn(count = 500): Promise<void> {
    const [accepted, handled] = [this.accepted.size + count, this.handled.size + count];
    await eventually(() => this.accepted.size >= accepted && this.handled.size >= handled, { timeoutMs: 60_000 });
  }

  /** Stops sending, and resolves when all that was accepted before `until` is handled. */
  async drain(until = Infinity): Promise<void> {
    this.#stopSending.abort();
    await this.#sending;
    const expected = [...this.accepted].filter(([, at]) => at < until).map(([id]) => id);
    await eventually(() => expected.every((id) => this.handled.has(id)), { timeoutMs: 60_000, everyMs: 50 });
    this.#stopReceiving.abort();
    await this.#receiving;
  }

  async #send(transport: Transport): Promise<void> {
    for (let i = 0; !this.#stopSending.signal.aborted; i++) {
      const ids = Array.from({ length: 20 }, (_, j) => `${i}/${j}`);
      const sending = ids.map(async (id) => transport.send([message(id)]));
      const outcomes = await Promise.allSettled(sending);
      for (const [j, { status }] of outcomes.entries()) {
        if (status === 'fulfilled') this.accepted.set(ids[j] ?? '', Date.now());
        else this.failures++;
      }
    }
  }

  async #receive(inbound: InboundTransport): Promise<void> {
    const { signal } = this.#stopReceiving;
    while (!signal.aborted) {
      try {
        const received = await inbound.receive(50, signal);
        const outcomes = await Promise.allSettled(received.map(async (transaction) => transaction.commit()));
        // What could not be acknowledged is handled too, and comes again.
        for (const transaction of received) this.handled.add(idOf(transaction));
        this.failures += outcomes.filter(({ status }) => status === 'rejected').length;
      } catch {
        this.failures++;
      }
    }
  }
}
