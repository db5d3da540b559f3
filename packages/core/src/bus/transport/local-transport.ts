import { systemClock, type Clock } from '../../kernel/clock.ts';
import { LeaseLostError } from '../../kernel/errors.ts';
import { copyPayload } from '../../kernel/payload.ts';
import type { TransportMessage } from '../message.ts';
import type { DeadLetterReason, DeadLetters } from './dead-letters.ts';
import { LocalDeadLetters } from './local-dead-letters.ts';
import { LocalQueue, type LocalEntry } from './local-queue.ts';
import type {
  InboundTransport,
  MessageTransaction,
  QueueFigures,
  ReceivedMessage,
  ReceiverOptions,
  Transport,
} from './transport.ts';

const DONE = Promise.resolve();
const NOTHING: readonly MessageTransaction[] = [];

interface Endpoint {
  readonly queue: LocalQueue;
  readonly deadLetters: LocalDeadLetters;
}

/**
 * Queues in memory: the default, and the shortest true description of what a transport does. It lives as long as the process.
 * Several contexts in one process can share one, as several processes share a server.
 */
export class LocalTransport implements Transport {
  readonly capabilities = { maxMessageBytes: Infinity, maxDelayMs: Infinity, delivery: 'push' } as const;
  readonly #endpoints = new Map<string, Endpoint>();
  readonly #clock: Clock;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  async send(messages: readonly TransportMessage[]): Promise<void> {
    // Copying may throw, so all of it comes before the first change.
    const copies = messages.map(copyOf);
    let previous: LocalQueue | undefined;
    for (const message of copies) {
      const { queue } = this.#endpoint(message.endpoint);
      if (previous !== queue) previous?.wake();
      queue.put(message);
      previous = queue;
    }
    previous?.wake();
  }

  receiver(endpoint: string, options: ReceiverOptions): InboundTransport {
    return new LocalReceiver(this.#endpoint(endpoint), options.leaseMs);
  }

  deadLetters(endpoint: string): DeadLetters {
    return this.#endpoint(endpoint).deadLetters;
  }

  async figures(endpoint: string): Promise<QueueFigures> {
    const { queue, deadLetters } = this.#endpoint(endpoint);
    return {
      ready: queue.readyCount,
      delayed: queue.delayedCount,
      inFlight: queue.leasedCount,
      dead: await deadLetters.count(),
    };
  }

  checkEndpointName(): void {
    // Any text will do as the key of a Map.
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { queue } of this.#endpoints.values()) queue.close();
  }

  #endpoint(name: string): Endpoint {
    let endpoint = this.#endpoints.get(name);
    if (endpoint === undefined) {
      const queue = new LocalQueue(this.#clock);
      endpoint = { queue, deadLetters: new LocalDeadLetters(name, queue) };
      this.#endpoints.set(name, endpoint);
    }
    return endpoint;
  }
}

class LocalReceiver implements InboundTransport {
  readonly #endpoint: Endpoint;
  readonly #leaseMs: number;
  readonly #open = new Set<LocalTransaction>();

  constructor(endpoint: Endpoint, leaseMs: number) {
    this.#endpoint = endpoint;
    this.#leaseMs = leaseMs;
  }

  async receive(max: number, signal: AbortSignal): Promise<readonly MessageTransaction[]> {
    if (signal.aborted) return NOTHING;
    const taken = this.#endpoint.queue.take(max, this.#leaseMs);
    return this.#opened(taken.length > 0 ? taken : await this.#wait(max, signal));
  }

  async close(): Promise<void> {
    // Backwards, because each one goes to the front of the queue.
    for (const transaction of [...this.#open].toReversed()) if (transaction.isOurs) await transaction.release();
    this.#open.clear();
  }

  #wait(max: number, signal: AbortSignal): Promise<LocalEntry[]> {
    return new Promise((resolve) => {
      const take = (entries: LocalEntry[]): void => {
        signal.removeEventListener('abort', onAbort);
        resolve(entries);
      };
      const stopWaiting = this.#endpoint.queue.wait({ max, leaseMs: this.#leaseMs, take });
      const onAbort = (): void => {
        stopWaiting();
        resolve([]);
      };
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  #opened(entries: readonly LocalEntry[]): readonly MessageTransaction[] {
    return entries.map((entry) => {
      const transaction = new LocalTransaction(this.#endpoint, entry, this.#open);
      this.#open.add(transaction);
      return transaction;
    });
  }
}

class LocalTransaction implements MessageTransaction {
  readonly deliveryCount: number;
  readonly #endpoint: Endpoint;
  readonly #entry: LocalEntry;
  readonly #lease: number;
  readonly #open: Set<LocalTransaction>;

  constructor(endpoint: Endpoint, entry: LocalEntry, open: Set<LocalTransaction>) {
    this.#endpoint = endpoint;
    this.#entry = entry;
    this.#lease = entry.lease;
    this.#open = open;
    this.deliveryCount = entry.deliveries;
  }

  read(): ReceivedMessage {
    return { message: copyOf(this.#entry.message) };
  }

  get isOurs(): boolean {
    return this.#endpoint.queue.holds(this.#entry, this.#lease);
  }

  commit(): Promise<void> {
    if (!this.#isEnding()) return Promise.reject(this.#lost());
    this.#endpoint.queue.remove(this.#entry);
    return DONE;
  }

  fail(retryAt = 0): Promise<void> {
    if (!this.#isEnding()) return Promise.reject(this.#lost());
    this.#endpoint.queue.putBack(this.#entry, retryAt, false);
    return DONE;
  }

  release(retryAt = 0): Promise<void> {
    if (!this.#isEnding()) return Promise.reject(this.#lost());
    this.#entry.deliveries--;
    this.#endpoint.queue.putBack(this.#entry, retryAt, true);
    return DONE;
  }

  extend(leaseMs: number): Promise<void> {
    if (!this.isOurs) return Promise.reject(this.#lost());
    this.#endpoint.queue.extend(this.#entry, leaseMs);
    return DONE;
  }

  deadLetter(reason: DeadLetterReason): Promise<void> {
    if (!this.#isEnding()) return Promise.reject(this.#lost());
    this.#endpoint.queue.remove(this.#entry);
    this.#endpoint.deadLetters.add(this.#entry.message, reason);
    return DONE;
  }

  /** Ends this delivery, if it is still ours. */
  #isEnding(): boolean {
    this.#open.delete(this);
    return this.isOurs;
  }

  #lost(): LeaseLostError {
    return new LeaseLostError(this.#entry.message.id, this.#entry.message.endpoint);
  }
}

function copyOf(message: TransportMessage): TransportMessage {
  return {
    id: message.id,
    name: message.name,
    payload: copyPayload(message.payload),
    // Frozen, so that all receivers can be given the same.
    headers: Object.isFrozen(message.headers) ? message.headers : Object.freeze({ ...message.headers }),
    endpoint: message.endpoint,
    component: message.component,
    deliverAt: message.deliverAt,
  };
}
