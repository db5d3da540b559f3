import { LeaseLostError } from '../kernel/errors.ts';
import { derivedId, boundedId } from '../kernel/ids.ts';
import type { AmbientHandling } from '../kernel/message-context.ts';
import { HEADERS, type MessageHeaders, type TransportMessage } from './message.ts';
import type { OutgoingMessage } from './message-bus.ts';
import type { MessageTransaction } from './transport/transport.ts';

/** Handles one message. What it returns is awaited and otherwise ignored; throwing means that the message is to be tried again. */
export type MessageHandler = (payload: unknown, context: AmbientHandling) => unknown;

const NOTHING_HELD: readonly OutgoingMessage[] = [];

/**
 * One message while it is handled: what the handler sees of it, what it has sent so far, and what the worker needs to renew,
 * abort and finish it. One object per message, and everything rarely used is made when it is asked for.
 */
export class Handling implements AmbientHandling {
  readonly message: TransportMessage;
  readonly handler: MessageHandler;
  readonly transaction: MessageTransaction;
  /** Which attempt this is, from 1: the deliveries, and on ordered endpoints the retries in place. */
  readonly attempt: number;
  /** Its place among those that this worker has received. */
  readonly place: number;
  /** When the handler was started, by the clock's monotonic time; negative while it waits for its turn. */
  startedAt = -1;
  /** Until when the message is ours, as far as this process knows, by the clock's monotonic time. */
  leasedUntil: number;
  /** True while an answer about the lease is awaited. */
  isRenewing = false;
  /** True when the worker no longer waits for this handler: whatever it still does or throws does not count. */
  isOver = false;
  /** Why the message is given up without being tried, when its turn has come. */
  readonly verdict: Error | undefined;
  hasReturned = false;
  #afterSuccess: (() => Promise<void>)[] | undefined;
  #held: OutgoingMessage[] | undefined;
  #sent = 0;
  #firstStream: string | undefined;
  /** How often each stream was changed; made when there is more than one change. */
  #ordinals: Map<string, number> | undefined;
  #abort: AbortController | undefined;

  constructor(
    message: TransportMessage,
    handler: MessageHandler,
    transaction: MessageTransaction,
    attempt: number,
    leasedUntil: number,
    place: number,
    verdict?: Error,
  ) {
    this.message = message;
    this.handler = handler;
    this.transaction = transaction;
    this.attempt = attempt;
    this.leasedUntil = leasedUntil;
    this.place = place;
    this.verdict = verdict;
  }

  get hasStarted(): boolean {
    return this.startedAt >= 0;
  }

  get isGoingOn(): boolean {
    return !this.isOver && !this.hasReturned;
  }

  get messageId(): string {
    return this.message.id;
  }

  get name(): string {
    return this.message.name;
  }

  get headers(): MessageHeaders {
    return this.message.headers;
  }

  get endpoint(): string {
    return this.message.endpoint;
  }

  get component(): string {
    return this.message.component;
  }

  get correlationId(): string {
    return this.message.headers[HEADERS.correlationId] ?? this.message.id;
  }

  get aggregateId(): string {
    return this.message.headers[HEADERS.aggregateId] ?? '';
  }

  get aggregateName(): string {
    return this.message.headers[HEADERS.aggregateName] ?? '';
  }

  get sequenceId(): number {
    return Number(this.message.headers[HEADERS.sequenceId] ?? 0);
  }

  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    return this.#abort.signal;
  }

  afterSuccess(step: () => Promise<void>): void {
    (this.#afterSuccess ??= []).push(step);
  }

  /** What is to be done before the message is acknowledged; undefined when there is nothing. */
  get stepsAfterSuccess(): readonly (() => Promise<void>)[] | undefined {
    return this.#afterSuccess;
  }

  /** What the handler has sent and is to leave when it succeeds. */
  get held(): readonly OutgoingMessage[] {
    return this.#held ?? NOTHING_HELD;
  }

  /**
   * The component is part of the id: two components that handle one event and change one stream are two transactions. So is the message's
   * name: two commands that were sent with one id are two. The endpoint is not: a command that reaches one component over two
   * endpoints takes effect once.
   */
  nextTransactionId(streamId: string): string {
    const ordinal = this.#nextOrdinal(streamId);
    const { id } = this.message;
    return ordinal === 1 ? boundedId(`${id}/${this.#role}`) : derivedId(id, this.#role, ordinal);
  }

  /** What handles the message, and as what. */
  get #role(): string {
    const { component, name } = this.message;
    return component === name ? component : `${component}.${name}`;
  }

  // Most handlers change one stream, once: that needs no Map.
  #nextOrdinal(streamId: string): number {
    if (this.#firstStream === undefined) {
      this.#firstStream = streamId;
      return 1;
    }
    this.#ordinals ??= new Map([[this.#firstStream, 1]]);
    const ordinal = (this.#ordinals.get(streamId) ?? 0) + 1;
    this.#ordinals.set(streamId, ordinal);
    return ordinal;
  }

  checkOurs(now: number): void {
    if (this.isOver || now >= this.leasedUntil) throw this.#lost();
  }

  nextMessageId(): string {
    return derivedId(this.message.id, this.#role, ++this.#sent);
  }

  hold(messages: readonly OutgoingMessage[]): void {
    if (this.isOver) throw this.#abort?.signal.reason ?? this.#lost();
    this.#held = this.#held === undefined ? [...messages] : [...this.#held, ...messages];
  }

  #lost(): LeaseLostError {
    return new LeaseLostError(this.message.id, this.message.endpoint);
  }

  abort(reason: Error): void {
    this.#abort ??= new AbortController();
    this.#abort.abort(reason);
  }
}
