import {
  HEADERS,
  orderingKeyOf,
  streamIdOf,
  type DeadLetter,
  type DeadLetterReason,
  type DeadLetters,
  type InboundTransport,
  type MessageTransaction,
  type QueueFigures,
  type ReceivedMessage,
  type ReceiverOptions,
  type Transport,
  type TransportCapabilities,
  type TransportMessage,
} from '@ndomain/core';
import type { WitnessEventStoreDb } from './witness-event-store-db.ts';
import { GUARANTEES, type Report } from './violation.ts';

/** What has become of a message to one component. */
export interface WitnessedMessage {
  readonly message: TransportMessage;
  /** How often it was put into the queue. */
  sent: number;
  /** How often it was acknowledged. */
  handled: number;
  /** How many of it are among the dead letters. */
  dead: number;
}

/** The queues that all processes share, with an eye on what really goes in and comes out. */
export class WitnessTransport implements Transport {
  /** By endpoint, component and id. */
  readonly messages = new Map<string, WitnessedMessage>();
  readonly endpoints = new Set<string>();
  readonly #transport: Transport;
  readonly #events: WitnessEventStoreDb;
  readonly #note: (what: string) => void;
  readonly #report: Report;
  /** By endpoint, component and key: the ids in the order in which they were first queued. */
  readonly #queued = new Map<string, string[]>();
  #waiting = 0;

  constructor(transport: Transport, events: WitnessEventStoreDb, note: (what: string) => void, report: Report) {
    this.#transport = transport;
    this.#events = events;
    this.#note = note;
    this.#report = report;
  }

  get capabilities(): TransportCapabilities {
    return this.#transport.capabilities;
  }

  /** The ids of a component's messages of one key, in the order in which they were first queued. */
  queuedFor(endpoint: string, component: string, key: string): readonly string[] {
    return this.#queued.get(`${endpoint}\n${component}\n${key}`) ?? [];
  }

  /** How many were sent and are neither acknowledged nor given up: in the queues, or in somebody's hands. */
  get waiting(): number {
    return this.#waiting;
  }

  async send(messages: readonly TransportMessage[]): Promise<void> {
    for (const message of messages) this.#checkStored(message);
    await this.#transport.send(messages);
    for (const message of messages) {
      this.endpoints.add(message.endpoint);
      const witnessed = this.#of(message);
      if (++witnessed.sent === 1) this.#firstQueued(message);
      this.#waiting++;
    }
    this.#note(`queued ${messages.map(({ id, component }) => `${id} for ${component}`).join(', ')}`);
  }

  receiver(endpoint: string, options: ReceiverOptions): InboundTransport {
    this.endpoints.add(endpoint);
    const inbound = this.#transport.receiver(endpoint, options);
    const wrap = (transaction: MessageTransaction): MessageTransaction =>
      new WitnessTransaction(transaction, (message, outcome) => this.#ended(message, outcome));
    return {
      receive: async (max, signal) => {
        const received = await inbound.receive(max, signal);
        if (received.length > 0) this.#note(`gave out ${received.map(idOf).join(', ')} of "${endpoint}"`);
        return received.map(wrap);
      },
      close: () => inbound.close(),
    };
  }

  deadLetters(endpoint: string): DeadLetters {
    const letters = this.#transport.deadLetters(endpoint);
    return {
      count: () => letters.count(),
      list: (page) => letters.list(page),
      get: (id) => letters.get(id),
      keys: () => letters.keys(),
      retry: async (ids) => {
        const before = await all(letters);
        const count = await letters.retry(ids);
        await this.#left(before, letters);
        this.#waiting += count;
        return count;
      },
      purge: async (ids) => {
        const before = await all(letters);
        const count = await letters.purge(ids);
        await this.#left(before, letters);
        return count;
      },
    };
  }

  figures(endpoint: string): Promise<QueueFigures> {
    return this.#transport.figures(endpoint);
  }

  checkEndpointName(endpoint: string): void {
    this.#transport.checkEndpointName(endpoint);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#transport[Symbol.asyncDispose]();
  }

  #of(message: TransportMessage): WitnessedMessage {
    const key = `${message.endpoint}\n${message.component}\n${message.id}`;
    let known = this.messages.get(key);
    if (known === undefined) this.messages.set(key, (known = { message, sent: 0, handled: 0, dead: 0 }));
    return known;
  }

  #firstQueued(message: TransportMessage): void {
    const key = orderingKeyOf(message);
    if (message.partition === undefined || key === undefined) return;
    const place = `${message.endpoint}\n${message.component}\n${key}`;
    const queued = this.#queued.get(place);
    if (queued === undefined) this.#queued.set(place, [message.id]);
    else queued.push(message.id);
  }

  #ended(message: TransportMessage, outcome: 'handled' | 'dead'): void {
    this.#note(`${outcome} ${message.id} for ${message.component}`);
    this.#of(message)[outcome]++;
    this.#waiting--;
  }

  async #left(before: readonly DeadLetter[], letters: DeadLetters): Promise<void> {
    const still = new Set((await all(letters)).map(({ id }) => id));
    for (const { id, message } of before) if (message !== undefined && !still.has(id)) this.#of(message).dead--;
  }

  /** What aggregates say has happened must have been stored before it is said. */
  #checkStored({ id, headers }: TransportMessage): void {
    const aggregateId = headers[HEADERS.aggregateId];
    if (aggregateId === undefined) return;
    const streamId = streamIdOf(headers[HEADERS.aggregateName] ?? '', aggregateId);
    const stored = this.#events.events.get(`${streamId}@${headers[HEADERS.sequenceId]}`);
    if (stored?.transactionId === headers[HEADERS.transactionId]) return;
    this.#report(GUARANTEES.noPhantom, `the event ${id} was published, and is not stored`);
  }
}

type Ended = (message: TransportMessage, outcome: 'handled' | 'dead') => void;

class WitnessTransaction implements MessageTransaction {
  readonly #transaction: MessageTransaction;
  readonly #ended: Ended;

  constructor(transaction: MessageTransaction, ended: Ended) {
    this.#transaction = transaction;
    this.#ended = ended;
  }

  get deliveryCount(): number {
    return this.#transaction.deliveryCount;
  }

  read(): ReceivedMessage {
    return this.#transaction.read();
  }

  async commit(): Promise<void> {
    await this.#transaction.commit();
    this.#tell('handled');
  }

  fail(retryAt?: number): Promise<void> {
    return this.#transaction.fail(retryAt);
  }

  release(retryAt?: number): Promise<void> {
    return this.#transaction.release(retryAt);
  }

  extend(leaseMs: number): Promise<void> {
    return this.#transaction.extend(leaseMs);
  }

  async deadLetter(reason: DeadLetterReason): Promise<void> {
    await this.#transaction.deadLetter(reason);
    this.#tell('dead');
  }

  #tell(outcome: 'handled' | 'dead'): void {
    const { message } = this.#transaction.read();
    if (message !== undefined) this.#ended(message, outcome);
  }
}

function idOf(transaction: MessageTransaction): string {
  const { message } = transaction.read();
  return message === undefined ? 'what cannot be read' : `${message.id}:${transaction.deliveryCount}`;
}

function all(letters: DeadLetters): Promise<readonly DeadLetter[]> {
  return letters.list({ limit: Number.MAX_SAFE_INTEGER });
}
