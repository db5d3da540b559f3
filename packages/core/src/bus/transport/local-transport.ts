import { systemClock, type Clock } from '../../kernel/clock.ts';
import { LeaseLostError } from '../../kernel/errors.ts';
import { copyAgain, copyPayload } from '../../kernel/payload.ts';
import type { PromiseOrValue } from '../../kernel/promise-or-value.ts';
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

/** One queue for the messages of no partition, and one for each partition that was ever used. */
class Endpoint {
  readonly deadLetters: LocalDeadLetters;
  readonly #queues = new Map<number | undefined, LocalQueue>();
  readonly #clock: Clock;

  constructor(name: string, clock: Clock) {
    this.#clock = clock;
    this.deadLetters = new LocalDeadLetters(name, (partition) => this.queue(partition));
  }

  get queues(): readonly LocalQueue[] {
    return [...this.#queues.values()];
  }

  queue(partition: number | undefined): LocalQueue {
    let queue = this.#queues.get(partition);
    if (queue === undefined) this.#queues.set(partition, (queue = new LocalQueue(this.#clock)));
    return queue;
  }
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

  send(messages: readonly TransportMessage[]): PromiseOrValue<void> {
    // Copying may throw, so all of it comes before the first change.
    const copies = messages.map(copyOf);
    const now = this.#clock.now();
    let previous: LocalQueue | undefined;
    for (const message of copies) {
      const queue = this.#endpoint(message.endpoint).queue(message.partition);
      if (previous !== queue) previous?.wake();
      queue.put(message, now);
      previous = queue;
    }
    previous?.wake();
  }

  receiver(endpoint: string, options: ReceiverOptions): InboundTransport {
    const { queue, deadLetters } = this.#partsOf(endpoint, options.partition);
    return new LocalReceiver(queue, deadLetters, options);
  }

  deadLetters(endpoint: string): DeadLetters {
    return this.#endpoint(endpoint).deadLetters;
  }

  async figures(endpoint: string): Promise<QueueFigures> {
    const { queues, deadLetters } = this.#endpoint(endpoint);
    const sum = (count: (queue: LocalQueue) => number): number => queues.reduce((all, queue) => all + count(queue), 0);
    return {
      ready: sum((queue) => queue.readyCount),
      delayed: sum((queue) => queue.delayedCount),
      inFlight: sum((queue) => queue.leasedCount),
      dead: await deadLetters.count(),
      ...earliest(queues),
    };
  }

  checkEndpointName(): void {
    // Any text will do as the key of a Map.
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { queues } of this.#endpoints.values()) for (const queue of queues) queue.close();
  }

  #endpoint(name: string): Endpoint {
    let endpoint = this.#endpoints.get(name);
    if (endpoint === undefined) this.#endpoints.set(name, (endpoint = new Endpoint(name, this.#clock)));
    return endpoint;
  }

  #partsOf(name: string, partition: number | undefined): { queue: LocalQueue; deadLetters: LocalDeadLetters } {
    const endpoint = this.#endpoint(name);
    return { queue: endpoint.queue(partition), deadLetters: endpoint.deadLetters };
  }
}

class LocalReceiver implements InboundTransport {
  readonly #queue: LocalQueue;
  readonly #deadLetters: LocalDeadLetters;
  readonly #leaseMs: number;
  #onReceiving: ReceiverOptions['onReceiving'];

  constructor(queue: LocalQueue, deadLetters: LocalDeadLetters, { leaseMs, onReceiving }: ReceiverOptions) {
    this.#queue = queue;
    this.#deadLetters = deadLetters;
    this.#leaseMs = leaseMs;
    this.#onReceiving = onReceiving;
  }

  async receive(max: number, signal: AbortSignal): Promise<readonly MessageTransaction[]> {
    if (signal.aborted) return NOTHING;
    // Memory never goes away, so there is one change to tell of.
    this.#onReceiving?.(undefined);
    this.#onReceiving = undefined;
    const taken = this.#queue.take(max, this.#leaseMs, this);
    return this.#opened(taken.length > 0 ? taken : await this.#wait(max, signal));
  }

  async close(): Promise<void> {
    for (const entry of this.#queue.leasedBy(this)) {
      entry.deliveries--;
      this.#queue.putBack(entry, 0, true);
    }
  }

  #wait(max: number, signal: AbortSignal): Promise<LocalEntry[]> {
    return new Promise((resolve) => {
      const take = (entries: LocalEntry[]): void => {
        signal.removeEventListener('abort', onAbort);
        resolve(entries);
      };
      const stopWaiting = this.#queue.wait({ max, leaseMs: this.#leaseMs, owner: this, take });
      const onAbort = (): void => {
        stopWaiting();
        resolve([]);
      };
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  #opened(entries: readonly LocalEntry[]): readonly MessageTransaction[] {
    return entries.map((entry) => new LocalTransaction(this.#queue, this.#deadLetters, entry));
  }
}

class LocalTransaction implements MessageTransaction {
  readonly deliveryCount: number;
  readonly #queue: LocalQueue;
  readonly #deadLetters: LocalDeadLetters;
  readonly #entry: LocalEntry;
  readonly #lease: number;

  constructor(queue: LocalQueue, deadLetters: LocalDeadLetters, entry: LocalEntry) {
    this.#queue = queue;
    this.#deadLetters = deadLetters;
    this.#entry = entry;
    this.#lease = entry.lease;
    this.deliveryCount = entry.deliveries;
  }

  read(): ReceivedMessage {
    const { message } = this.#entry;
    return { message: withPayload(message, copyAgain(message.payload)) };
  }

  get #isOurs(): boolean {
    return this.#queue.holds(this.#entry, this.#lease);
  }

  commit(): void {
    if (!this.#isOurs) throw this.#lost();
    this.#queue.remove(this.#entry);
  }

  fail(retryAt = 0): Promise<void> {
    if (!this.#isOurs) return Promise.reject(this.#lost());
    this.#queue.putBack(this.#entry, retryAt, false);
    return DONE;
  }

  release(retryAt = 0): Promise<void> {
    if (!this.#isOurs) return Promise.reject(this.#lost());
    this.#entry.deliveries--;
    this.#queue.putBack(this.#entry, retryAt, true);
    return DONE;
  }

  extend(leaseMs: number): Promise<void> {
    if (!this.#isOurs) return Promise.reject(this.#lost());
    this.#queue.extend(this.#entry, leaseMs);
    return DONE;
  }

  deadLetter(reason: DeadLetterReason): Promise<void> {
    if (!this.#isOurs) return Promise.reject(this.#lost());
    this.#queue.remove(this.#entry);
    this.#deadLetters.add(this.#entry.message, reason);
    return DONE;
  }

  #lost(): LeaseLostError {
    return new LeaseLostError(this.#entry.message.id, this.#entry.message.endpoint);
  }
}

function earliest(queues: readonly LocalQueue[]): Pick<QueueFigures, 'oldestReadyAt'> {
  const moments = queues.map(({ oldestReadyAt }) => oldestReadyAt).filter((at) => at !== undefined);
  return moments.length === 0 ? {} : { oldestReadyAt: Math.min(...moments) };
}

function copyOf(message: TransportMessage): TransportMessage {
  return withPayload(message, copyPayload(message.payload));
}

function withPayload(message: TransportMessage, payload: unknown): TransportMessage {
  return {
    id: message.id,
    name: message.name,
    payload,
    // Frozen, so that all receivers can be given the same.
    headers: Object.isFrozen(message.headers) ? message.headers : Object.freeze({ ...message.headers }),
    endpoint: message.endpoint,
    component: message.component,
    partition: message.partition,
    deliverAt: message.deliverAt,
    delayMs: message.delayMs,
  };
}
