import assert from 'node:assert/strict';
import type { InboundTransport, MessageTransaction } from '@ndomain/core';
import { eventually } from '../../time/eventually.ts';
import { turns } from '../../time/turns.ts';
import { PATIENCE_MS, read } from './messages.ts';

/** More than any case sends: a transport that delivers one message again and again is to fail, not to hang. */
const MOST_ARRIVALS = 5_000;

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

  constructor(inbound: InboundTransport, now: () => number, onArrival?: (arrival: Arrival) => unknown) {
    this.#running = this.#run(inbound, now, onArrival);
    // A failure is reported by stop(), whenever that is.
    this.#running.catch(() => undefined);
  }

  get ids(): string[] {
    return this.arrivals.map(({ id }) => id);
  }

  /** Waits until so many have come. */
  async has(count: number): Promise<readonly Arrival[]> {
    return eventually(() => this.arrivals.length >= count && this.arrivals, { timeoutMs: PATIENCE_MS });
  }

  /** Stops receiving. Rejects when receiving, or what was to be done about an arrival, has failed. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(inbound: InboundTransport, now: () => number, onArrival?: (arrival: Arrival) => unknown): Promise<void> {
    while (!this.#stop.signal.aborted) {
      for (const transaction of await inbound.receive(10, this.#stop.signal)) {
        const arrival = { id: read(transaction).id, at: now(), transaction };
        this.arrivals.push(arrival);
        await onArrival?.(arrival);
      }
      assert.ok(this.arrivals.length <= MOST_ARRIVALS, 'messages come again and again');
      await turns();
    }
  }
}
