import { backgroundClock, sleep, type Clock, type Timer } from '../kernel/clock.ts';
import {
  BrokenMessageError,
  HandlerTimeoutError,
  isNDomainError,
  messageOf,
  StoppedError,
  UnknownComponentError,
} from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import { runHandling, runOutsideHandling } from '../kernel/message-context.ts';
import { backOff, type Backoff } from '../kernel/retry.ts';
import { deadLetterReason } from './dead-letter-reason.ts';
import { Handling, type MessageHandler } from './handling.ts';
import type { TransportMessage } from './message.ts';
import type { MessageBus } from './message-bus.ts';
import { OrderedKeys } from './ordered-keys.ts';
import { Fifo } from './transport/fifo.ts';
import type { InboundTransport, MessageTransaction } from './transport/transport.ts';
import type { WorkerOptions } from './worker-options.ts';

/** The handlers of an endpoint: component → message name → handler. */
export type HandlerTable = ReadonlyMap<string, ReadonlyMap<string, MessageHandler>>;

export interface WorkerServices {
  readonly bus: MessageBus;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Received messages that may wait for their key's turn, per slot. */
const WAITING_PER_SLOT = 16;
const RECEIVE_BACKOFF: Backoff = { firstMs: 100, longestMs: 10_000 };

/**
 * Takes messages from one endpoint and runs their handlers: as many at once as it has slots, each in its turn, each under a
 * lease that is renewed, with retries and dead letters as the policy says. A handler that throws never stops it (G8).
 */
export class Worker {
  readonly #endpoint: string;
  readonly #handlers: HandlerTable;
  readonly #inbound: InboundTransport;
  readonly #options: WorkerOptions;
  readonly #services: WorkerServices;
  readonly #clock: Clock;
  readonly #keys: OrderedKeys | undefined;
  /** All that are received and not finished: running, waiting for a slot, or waiting for their key. */
  readonly #open = new Set<Handling>();
  /** Their turn has come, but there is no slot yet. */
  readonly #runnable = new Fifo<Handling>();
  readonly #stopReceiving = new AbortController();
  #isStopping = false;
  #running = 0;
  #pump: Promise<void> | undefined;
  #watch: Timer | undefined;
  #onSlotFree: (() => void) | undefined;
  #onIdle: (() => void) | undefined;

  constructor(
    endpoint: string,
    handlers: HandlerTable,
    inbound: InboundTransport,
    options: WorkerOptions,
    services: WorkerServices,
  ) {
    this.#endpoint = endpoint;
    this.#handlers = handlers;
    this.#inbound = inbound;
    this.#options = options;
    this.#services = services;
    this.#clock = services.clock;
    this.#keys = options.ordered ? new OrderedKeys() : undefined;
  }

  start(): void {
    this.#pump ??= runOutsideHandling(() => {
      this.#scheduleWatch();
      return this.#run();
    });
  }

  /**
   * Takes nothing more, gives back at once what was not begun, and lets running handlers finish; after `stopTimeoutMs` aborts
   * their signals and gives their messages back too, uncounted (G9).
   */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#stopReceiving.abort();
    this.#onSlotFree?.();
    await this.#pump;
    this.#watch?.cancel();
    await this.#giveBack(this.#notBegun());
    await this.#untilIdle();
    const late = [...this.#open];
    for (const handling of late) {
      handling.isOver = true;
      handling.abort(new StoppedError(`"${handling.name}" was being handled by ${handling.component}`));
    }
    await this.#giveBack(late);
    await this.#inbound.close();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopReceiving;
    for (let failures = 0; !signal.aborted;) {
      const room = this.#room();
      if (room <= 0) {
        await this.#untilRoom();
        continue;
      }
      try {
        const transactions = await this.#inbound.receive(room, signal);
        failures = 0;
        const now = this.#clock.now();
        for (const transaction of transactions) this.#accept(transaction, now);
      } catch (error) {
        // G12: the backend is away; it is tried until it is back.
        this.#services.logger.error({ err: error, endpoint: this.#endpoint }, `receiving failed: ${messageOf(error)}`);
        await backOff(this.#clock, ++failures, RECEIVE_BACKOFF, signal);
      }
    }
  }

  /** How many messages may be received now. */
  #room(): number {
    const { concurrency } = this.#options;
    if (this.#keys === undefined) return concurrency - this.#open.size;
    if (this.#running >= concurrency) return 0;
    return concurrency * WAITING_PER_SLOT - this.#open.size;
  }

  #untilRoom(): Promise<void> {
    return new Promise((resolve) => {
      this.#onSlotFree = () => {
        this.#onSlotFree = undefined;
        resolve();
      };
    });
  }

  #accept(transaction: MessageTransaction, now: number): void {
    const received = transaction.read();
    if (received.broken !== undefined) {
      void this.#bury(transaction, new BrokenMessageError(received.broken.problem), transaction.deliveryCount);
      return;
    }
    const { message } = received;
    if (message.deliverAt !== undefined && message.deliverAt > now) {
      void this.#guard(transaction.release(message.deliverAt), 'a message that is not due could not be given back');
      return;
    }
    const handler = this.#handlers.get(message.component)?.get(message.name);
    if (handler === undefined) {
      void this.#bury(transaction, this.#unknownComponent(message), transaction.deliveryCount);
      return;
    }
    const handling = new Handling(message, handler, transaction, transaction.deliveryCount, now);
    this.#open.add(handling);
    if (this.#keys === undefined || this.#keys.admit(handling)) this.#enqueue(handling);
  }

  #enqueue(handling: Handling): void {
    this.#runnable.push(handling);
    this.#fill();
  }

  async #handle(handling: Handling): Promise<void> {
    this.#running++;
    handling.startedAt = this.#clock.now();
    try {
      await runHandling(handling, handling.handler, handling.message.payload, handling);
      if (handling.isOver) return;
      if (handling.held.length > 0) await this.#services.bus.dispatch(handling.held);
      if (handling.isOver) return;
      await handling.transaction.commit();
      this.#finish(handling);
    } catch (error) {
      if (!handling.isOver) await this.#failed(handling, error);
    }
  }

  async #failed(handling: Handling, error: unknown): Promise<void> {
    // Whatever follows is done once: a timeout that strikes now must not judge the message again.
    handling.isOver = true;
    const { logger } = this.#services;
    const { message, transaction, attempt } = handling;
    const fields = { err: error, messageId: message.id, message: message.name, component: message.component, attempt };
    const recovery = this.#options.recoverability({ attempt, error, message, now: this.#clock.now() });
    try {
      switch (recovery.action) {
        case 'retryNow':
        case 'retryAt': {
          logger.warn(
            fields,
            `${message.component} failed on "${message.name}" and will try again: ${messageOf(error)}`,
          );
          const retryAt = recovery.action === 'retryAt' ? recovery.at : 0;
          if (this.#keys !== undefined) return await this.#retryInPlace(handling, retryAt);
          await transaction.fail(retryAt);
          break;
        }
        case 'deadLetter':
          await this.#bury(transaction, error, attempt);
          break;
        case 'discard':
          logger.warn(
            fields,
            `${message.component} failed on "${message.name}", which is discarded: ${messageOf(error)}`,
          );
          await transaction.commit();
          break;
      }
    } catch (lost) {
      // The lease runs out by itself, and the message comes back then (G7).
      logger.warn({ ...fields, err: lost }, `a failed message could not be given back: ${messageOf(lost)}`);
    }
    this.#finish(handling);
  }

  /**
   * On an ordered endpoint a message that failed keeps its key's turn, so nothing of that key overtakes it. The new attempt reads
   * the message again: what the failed one did to it does not count.
   */
  async #retryInPlace(failed: Handling, retryAt: number): Promise<void> {
    const { handler, transaction, attempt, leasedAt } = failed;
    const { message } = transaction.read();
    if (message === undefined) return this.#finish(failed);
    const next = new Handling(message, handler, transaction, attempt + 1, leasedAt);
    this.#open.delete(failed);
    this.#open.add(next);
    this.#running--;
    this.#fill();
    const pause = retryAt - this.#clock.now();
    if (pause > 0) await sleep(this.#clock, pause, this.#stopReceiving.signal);
    this.#enqueue(next);
  }

  /** A handler is through, whatever came of it: its slot and its key are free. */
  #finish(handling: Handling): void {
    if (!this.#open.delete(handling)) return;
    this.#running--;
    this.#nextOfKey(handling);
    this.#fill();
  }

  #nextOfKey(handling: Handling): void {
    const next = this.#keys?.finish(handling);
    if (next !== undefined) this.#runnable.push(next);
  }

  #fill(): void {
    while (this.#running < this.#options.concurrency && !this.#isStopping) {
      const handling = this.#runnable.shift();
      if (handling === undefined) break;
      if (this.#open.has(handling)) void this.#handle(handling);
      else this.#nextOfKey(handling); // its lease was lost while it waited
    }
    this.#onSlotFree?.();
    if (this.#running === 0) this.#onIdle?.();
  }

  /** G8: kept with the reason, whatever else fails. */
  async #bury(transaction: MessageTransaction, error: unknown, attempts: number): Promise<void> {
    const { logger } = this.#services;
    logger.error({ err: error, endpoint: this.#endpoint, attempts }, `moved to the dead letters: ${messageOf(error)}`);
    const reason = deadLetterReason(error, attempts, this.#clock.now());
    await this.#guard(transaction.deadLetter(reason), 'a message could not be moved to the dead letters');
  }

  #unknownComponent({ endpoint, component, name }: TransportMessage): UnknownComponentError {
    return new UnknownComponentError(endpoint, component, name, [...this.#handlers.keys()]);
  }

  /** For what nobody waits for: when it fails, the lease runs out and the message comes back (G7). */
  async #guard(work: Promise<void>, problem: string): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.#services.logger.warn({ err: error, endpoint: this.#endpoint }, `${problem}: ${messageOf(error)}`);
    }
  }

  // One timer looks after all messages, so handling one costs no timer.
  #scheduleWatch(): void {
    const { leaseMs, handlerTimeoutMs } = this.#options;
    const interval = Math.max(20, Math.min(leaseMs / 4, handlerTimeoutMs / 4, 5_000));
    this.#watch = this.#clock.schedule(
      interval,
      () => {
        this.#lookAfterAll();
        if (!this.#isStopping) this.#scheduleWatch();
      },
      { background: true },
    );
  }

  #lookAfterAll(): void {
    const now = this.#clock.now();
    const { leaseMs, handlerTimeoutMs } = this.#options;
    for (const handling of this.#open) {
      if (handling.isOver) continue;
      if (handling.startedAt > 0 && now - handling.startedAt >= handlerTimeoutMs) this.#overrun(handling);
      else if (now - handling.leasedAt >= leaseMs / 2) void this.#renew(handling, now);
    }
  }

  #overrun(handling: Handling): void {
    const error = new HandlerTimeoutError(handling.component, handling.name, this.#options.handlerTimeoutMs);
    handling.abort(error);
    void this.#failed(handling, error);
  }

  async #renew(handling: Handling, now: number): Promise<void> {
    const before = handling.leasedAt;
    handling.leasedAt = now;
    try {
      await handling.transaction.extend(this.#options.leaseMs);
    } catch (error) {
      if (isNDomainError(error, 'ND_LEASE_LOST')) this.#lost(handling, error);
      // Anything else may be over soon: the next look tries again, while there is time.
      else handling.leasedAt = before;
    }
  }

  /** Somebody else has the message now: what this handler does no longer counts. */
  #lost(handling: Handling, error: Error): void {
    if (!this.#open.has(handling)) return;
    this.#services.logger.warn({ err: error, message: handling.name }, `a lease was lost: ${error.message}`);
    handling.isOver = true;
    handling.abort(error);
    if (handling.startedAt > 0) this.#finish(handling);
    else this.#open.delete(handling);
  }

  /** What waits for a slot or for its key, and what waits in place for a retry. */
  #notBegun(): Handling[] {
    return [...this.#open].filter(({ startedAt }) => startedAt === 0);
  }

  // Backwards, because each one goes to the front of the queue.
  async #giveBack(handlings: readonly Handling[]): Promise<void> {
    for (const handling of handlings.toReversed()) {
      this.#open.delete(handling);
      await this.#guard(handling.transaction.release(), 'a message could not be given back');
    }
  }

  async #untilIdle(): Promise<void> {
    if (this.#running === 0) return;
    const idle = new AbortController();
    this.#onIdle = () => idle.abort();
    await sleep(backgroundClock(this.#clock), this.#options.stopTimeoutMs, idle.signal);
  }
}
