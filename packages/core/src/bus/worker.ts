import { setImmediate as turn } from 'node:timers/promises';
import { backgroundClock, sleep, type Clock } from '../kernel/clock.ts';
import { isNDomainError, LeaseLostError, messageOf, StoppedError, type HandlerTimeoutError } from '../kernel/errors.ts';
import { rejectionOf, type Rejection } from '../kernel/domain-error.ts';
import { runHandling, runOutsideHandling } from '../kernel/message-context.ts';
import { backOff, type Backoff } from '../kernel/retry.ts';
import { acknowledge } from './acknowledge.ts';
import { Busy } from './busy.ts';
import type { EndpointServices } from './endpoint-services.ts';
import { Handling } from './handling.ts';
import { HandlingWatch } from './handling-watch.ts';
import { Intake } from './intake.ts';
import { KeyOrder } from './key-order.ts';
import { Missing } from './missing.ts';
import { Prefetch, roomInOrder } from './prefetch.ts';
import { Fifo } from './transport/fifo.ts';
import type { InboundTransport, MessageTransaction } from './transport/transport.ts';

/** Steps of the microtask queue: a handler that waits for nothing takes about as many from its start to its commit. */
const FINISHING_STEPS = 8;
const STEP = Promise.resolve();
/** Between two looks at whether this worker may receive, in milliseconds: a partition that is not ours any more ends it soon. */
const NOT_OURS_MS = 100;
/** How long a stop waits at least for acknowledgements that are under way, in milliseconds. */
const COMMIT_PATIENCE_MS = 1_000;
/** Retries at once that follow each other within one turn of the event loop. */
const RETRIES_PER_TURN = 16;
const RECEIVE_BACKOFF: Backoff = { firstMs: 100, longestMs: 10_000 };

/**
 * Takes messages from one queue and runs their handlers: as many at once as there are slots, each in its turn, each under a
 * lease that is renewed, with retries and dead letters as the policy says. A handler that throws never stops it (G8).
 */
export class Worker {
  readonly #inbound: InboundTransport;
  readonly #services: EndpointServices;
  readonly #clock: Clock;
  readonly #watch: HandlingWatch;
  /** Only on ordered endpoints. */
  readonly #order: KeyOrder | undefined;
  readonly #intake: Intake;
  /** All that are received and not finished: running, waiting for a slot, or waiting for their key. */
  readonly #open = new Set<Handling>();
  /** What is done beside the handlings. */
  readonly #pending = new Set<Promise<void>>();
  /** Their turn has come, but there is no slot yet. */
  readonly #runnable = new Fifo<Handling>();
  readonly #stopReceiving = new AbortController();
  readonly #receiving: string;
  readonly #isOurs: () => boolean;
  /** Their handlers are running. */
  readonly #running: Busy;
  /** Handled, and being acknowledged, without a slot. Not on ordered endpoints: there a message keeps its key until it is gone. */
  readonly #committing: Busy;
  readonly #prefetch: Prefetch;
  readonly #missing: Missing;
  #isStopping = false;
  #pump: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  #onRoom: (() => void) | undefined;

  /**
   * `receiving` is what the endpoint's health calls the work of this worker. `isOurs` tells whether it may still take messages: a partition
   * may have been lost while the process stood still.
   */
  constructor(
    inbound: InboundTransport,
    services: EndpointServices,
    receiving: string,
    isOurs: () => boolean = () => true,
  ) {
    this.#receiving = receiving;
    this.#isOurs = isOurs;
    this.#inbound = inbound;
    this.#services = services;
    this.#clock = services.clock;
    this.#watch = new HandlingWatch(this.#open, services.options, services.clock, {
      overrun: (handling, error) => this.#overrun(handling, error),
      lost: (handling, error, isBack) => this.#lost(handling, error, isBack),
    });
    this.#order = services.options.ordered ? new KeyOrder(services.deadLetters) : undefined;
    this.#intake = new Intake(services, (work) => this.#aside(work));
    this.#running = new Busy(services.clock);
    this.#committing = new Busy(services.clock);
    this.#prefetch = new Prefetch(services.slots);
    this.#missing = new Missing(services.clock, services.options.leaseMs, services.options.ordered);
  }

  start(): void {
    this.#services.health.begin(this.#receiving);
    this.#pump ??= runOutsideHandling(() => {
      this.#watch.start();
      return this.#run();
    });
  }

  /**
   * Takes nothing more, gives back at once what was not begun, and lets running handlers finish; after `patienceMs` aborts
   * their signals and gives their messages back too, uncounted (G9). Without patience all go back together, in order; so they do
   * when a second call loses the patience of the first.
   */
  stop(patienceMs = this.#services.options.stopTimeoutMs): Promise<void> {
    if (patienceMs <= 0) this.#running.loseHope();
    this.#stopping ??= this.#stop(patienceMs);
    return this.#stopping;
  }

  async #stop(patienceMs: number): Promise<void> {
    this.#isStopping = true;
    this.#stopReceiving.abort();
    this.#onRoom?.();
    await this.#pump;
    if (patienceMs > 0) {
      await this.#giveBack([...this.#open].filter(({ hasStarted }) => !hasStarted));
      await this.#running.untilIdle(patienceMs);
    }
    this.#watch.stop();
    const late = [...this.#open];
    for (const handling of late) {
      handling.isOver = true;
      handling.abort(new StoppedError(`"${handling.name}" was being handled by ${handling.component}`));
    }
    await this.#giveBack(late);
    this.#services.slots.stopWaiting(this.#fill);
    await Promise.all(this.#pending);
    await this.#committing.untilIdle(Math.max(patienceMs, COMMIT_PATIENCE_MS));
    await this.#inbound.close();
    this.#services.health.end(this.#receiving);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopReceiving;
    const { throttle, health, logger, endpoint } = this.#services;
    for (let failures = 0; !signal.aborted;) {
      if (!this.#mayReceive) {
        await sleep(backgroundClock(this.#clock), Math.max(NOT_OURS_MS, this.#missing.remainingMs), signal);
        continue;
      }
      const room = this.#room();
      if (room <= 0) {
        await this.#untilRoom();
        // Others finish in the same moment: their slots are filled in one go.
        for (let i = 0; i < FINISHING_STEPS; i++) await STEP;
        continue;
      }
      if (throttle.isOn) await sleep(backgroundClock(this.#clock), throttle.pauseMs, signal);
      try {
        await this.#loadParked();
        await this.#receive(throttle.isOn ? 1 : room, signal);
        failures = 0;
        health.works(this.#receiving);
      } catch (error) {
        // G12: the backend is away; it is tried until it is back.
        if (this.#order?.isLoaded !== false) health.fails(this.#receiving, error);
        logger.error({ err: error, endpoint }, `receiving failed: ${messageOf(error)}`);
        await backOff(this.#clock, ++failures, RECEIVE_BACKOFF, signal);
      }
    }
  }

  /** Reading the parked keys is a thing of its own: the receiver knows nothing of it, and would not tell that it works again. */
  async #loadParked(): Promise<void> {
    if (this.#order === undefined || this.#order.isLoaded) return;
    const { health } = this.#services;
    const parked = `parked keys of ${this.#receiving}`;
    try {
      await this.#order.loadOnce();
      health.works(parked);
    } catch (error) {
      health.fails(parked, error);
      throw error;
    }
  }

  async #receive(max: number, signal: AbortSignal): Promise<void> {
    // Reading the parked keys may have taken longer than the partition was ours.
    if (!this.#mayReceive) return;
    const transactions = await this.#take(max, signal);
    if (!this.#mayReceive) return this.#release(transactions);
    const leasedUntil = this.#clock.monotonic() + this.#services.options.leaseMs;
    for (const transaction of transactions) {
      const handling = this.#intake.take(transaction, leasedUntil);
      if (handling === undefined) continue;
      this.#open.add(handling);
      if (this.#order?.admit(handling) ?? true) this.#enqueue(handling);
    }
  }

  async #take(max: number, signal: AbortSignal): Promise<readonly MessageTransaction[]> {
    try {
      return await this.#inbound.receive(max, signal);
    } catch (error) {
      // The answer may be what was lost.
      this.#missing.note();
      throw error;
    }
  }

  get #mayReceive(): boolean {
    return this.#missing.remainingMs <= 0 && this.#isOurs();
  }

  /** True when a message may be leased to this worker that it could not give back. */
  get mayHaveLeftSome(): boolean {
    return this.#missing.remainingMs > 0;
  }

  /** How many messages may be received now. */
  #room(): number {
    const { slots, throttle, options } = this.#services;
    if (throttle.isOn && this.#open.size > 0) return 0;
    const waiting = this.#runnable.length;
    return this.#order === undefined
      ? this.#prefetch.room(waiting, this.#committing.count)
      : roomInOrder(slots, options.partitions, waiting, this.#open.size - this.#running.count);
  }

  /** Waits until a message here is done with, or a slot becomes free. */
  #untilRoom(): Promise<void> {
    return new Promise((resolve) => {
      const onRoom = (): void => {
        this.#onRoom = undefined;
        this.#services.slots.stopWaiting(onRoom);
        resolve();
      };
      this.#onRoom = onRoom;
      if (this.#services.slots.free <= 0) this.#services.slots.wait(onRoom);
    });
  }

  #enqueue(handling: Handling): void {
    this.#runnable.push(handling);
    this.#fill();
  }

  // An arrow function, so that it can be handed to the slots, and taken back.
  readonly #fill = (): void => {
    const { slots } = this.#services;
    while (this.#runnable.length > 0 && !this.#isStopping) {
      if (!slots.take()) return slots.wait(this.#fill);
      const handling = this.#runnable.shift();
      if (handling !== undefined && this.#open.has(handling)) {
        this.#running.begin();
        void this.#handle(handling);
      } else {
        // It was lost, or given back, while it waited.
        slots.give();
      }
    }
  };

  async #handle(handling: Handling): Promise<void> {
    handling.startedAt = this.#clock.monotonic();
    if (handling.verdict !== undefined) return this.#giveUp(handling, handling.verdict);
    try {
      if (this.#order !== undefined) await this.#order.check(handling.message);
      await runHandling(handling, handling.handler, handling.message.payload, handling);
      handling.hasReturned = true;
      if (handling.isOver) return;
      const { held } = handling;
      if (held.length > 0) handling.checkOurs(this.#clock.monotonic());
      if (held.length > 0) await this.#services.bus.dispatch(held);
      const { stepsAfterSuccess } = handling;
      if (stepsAfterSuccess !== undefined) for (const step of stepsAfterSuccess) await step();
      if (handling.isOver) return;
    } catch (error) {
      handling.hasReturned = true;
      if (isLeaseOf(handling, error)) return this.#lost(handling, error, false);
      if (handling.isOver) return;
      const rejection = rejectionOf(error, this.#services.options.rejectedBy);
      if (rejection === undefined) await this.#failed(handling, error);
      else await this.#rejected(handling, rejection);
      return;
    }
    return this.#done(handling);
  }

  /** A rule of the domain said no: that is an answer, so the message is done with. */
  async #rejected(handling: Handling, rejection: Rejection): Promise<void> {
    const { failures, meters } = this.#services;
    try {
      await failures.reject(handling, rejection);
    } catch (error) {
      return this.#failed(handling, error);
    }
    if (handling.isOver) return;
    meters.of(handling.component).rejected();
    return this.#done(handling);
  }

  /** The message is done with, and acknowledged. */
  async #done(handling: Handling): Promise<void> {
    handling.isOver = true;
    this.#services.throttle.succeeded();
    const tookMs = this.#clock.monotonic() - handling.startedAt;
    this.#prefetch.note(tookMs);
    this.#services.meters.of(handling.component).handled(tookMs);
    if (this.#order === undefined) return this.#commitWithoutSlot(handling);
    const committing = acknowledge(handling, this.#services);
    if (committing !== undefined) await committing;
    this.#finish(handling);
  }

  /** The handler is through: its slot is free while the message is acknowledged, so the next ones are received meanwhile. */
  #commitWithoutSlot(handling: Handling): void {
    this.#open.delete(handling);
    const committing = acknowledge(handling, this.#services);
    if (committing !== undefined) {
      this.#committing.begin();
      void committing.then(() => {
        this.#committing.end();
        this.#onRoom?.();
      });
    }
    this.#leave();
  }

  async #failed(handling: Handling, error: unknown): Promise<void> {
    // Whatever follows is done once: a timeout that strikes now must not judge the message again.
    handling.isOver = true;
    const { failures, throttle, meters } = this.#services;
    const { transaction } = handling;
    throttle.failed();
    this.#prefetch.note(this.#clock.monotonic() - handling.startedAt);
    meters.of(handling.component).failed();
    const recovery = failures.judge(handling, error);
    const retryAt = recovery.action === 'retryAt' ? recovery.at : 0;
    const problem = 'a failed message could not be given back';
    switch (recovery.action) {
      case 'retryNow':
      case 'retryAt':
        if (this.#order !== undefined) return this.#retryInPlace(handling, retryAt);
        await failures.guard(() => transaction.fail(retryAt), problem);
        break;
      case 'discard':
        await failures.guard(() => transaction.commit(), problem);
        break;
      case 'deadLetter':
        return this.#giveUp(handling, recovery.reason);
    }
    this.#finish(handling);
  }

  /** Gives a message up; on an ordered endpoint what follows in its key will go the same way. */
  async #giveUp(handling: Handling, error: unknown): Promise<void> {
    handling.isOver = true;
    const { failures } = this.#services;
    try {
      await failures.bury(handling, error);
      this.#order?.park(handling.message);
    } catch (problem) {
      failures.report(problem, 'a message could not be moved to the dead letters');
      this.#missing.noteAfter(problem);
      this.#abandonBehind(handling);
    }
    this.#finish(handling);
  }

  /** A message comes back to its place: what waits behind it goes back to its own. */
  #abandonBehind(handling: Handling): void {
    const behind = this.#order?.abandon(handling) ?? [];
    if (behind.length > 0) this.#aside(this.#giveBack(behind));
  }

  /**
   * On an ordered endpoint a message that failed keeps its key's turn, so nothing of that key overtakes it. The new attempt reads
   * the message again: what the failed one did to it does not count.
   */
  async #retryInPlace(failed: Handling, retryAt: number): Promise<void> {
    const { message } = failed.transaction.read();
    if (message === undefined) return this.#finish(failed);
    const { handler, transaction, attempt, leasedUntil, place } = failed;
    const next = new Handling(message, handler, transaction, attempt + 1, leasedUntil, place);
    this.#open.delete(failed);
    this.#open.add(next);
    this.#leave();
    const { throttle } = this.#services;
    const pause = Math.max(retryAt - this.#clock.now(), throttle.isOn ? throttle.pauseMs : 0);
    if (pause > 0) await sleep(this.#clock, pause, this.#stopReceiving.signal);
    // Promises alone would never let timers and sockets have their turn.
    else if (attempt % RETRIES_PER_TURN === 0) await turn();
    this.#enqueue(next);
  }

  /** A handler is through, whatever came of it: its slot and its key are free. */
  #finish(handling: Handling): void {
    if (!this.#open.delete(handling)) return;
    this.#nextOfKey(handling);
    this.#leave();
  }

  #leave(): void {
    this.#services.slots.give();
    this.#fill();
    this.#onRoom?.();
    this.#running.end();
  }

  #nextOfKey(handling: Handling): void {
    const next = this.#order?.finish(handling);
    if (next !== undefined) this.#runnable.push(next);
  }

  #overrun(handling: Handling, error: HandlerTimeoutError): void {
    handling.abort(error);
    void this.#failed(handling, error);
  }

  /** The message is anybody's now: what this handler does no longer counts. */
  #lost(handling: Handling, error: Error, isBack: boolean): void {
    if (handling.isOver || !this.#open.has(handling)) return;
    if (!isBack) this.#missing.note();
    handling.isOver = true;
    handling.abort(error);
    this.#services.failures.report(error, 'a lease was lost while the message was being handled');
    this.#abandonBehind(handling);
    this.#open.delete(handling);
    if (handling.hasStarted) this.#leave();
  }

  /** For what no handling waits for: a stop does. */
  #aside(work: Promise<void>): void {
    this.#pending.add(work);
    void work.finally(() => this.#pending.delete(work));
  }

  async #giveBack(handlings: readonly Handling[]): Promise<void> {
    const inOrder = handlings.toSorted((a, b) => a.place - b.place);
    if (this.#order === undefined) {
      await Promise.all(inOrder.map((handling) => this.#giveBackOne(handling)));
      return;
    }
    // One by one, because the first may be received again before the last is back.
    for (const handling of inOrder) await this.#giveBackOne(handling);
  }

  async #giveBackOne(handling: Handling): Promise<void> {
    if (!this.#open.delete(handling)) return;
    if (handling.hasStarted) this.#leave();
    await this.#release([handling.transaction]);
  }

  async #release(transactions: readonly MessageTransaction[]): Promise<void> {
    for (const transaction of transactions) {
      try {
        await transaction.release();
      } catch (error) {
        this.#missing.noteAfter(error);
        this.#services.failures.report(error, 'a message could not be given back');
      }
    }
  }
}

/** Whether it is this message's lease that was lost. What a handler throws of its own accord, whatever its code, is a failure. */
function isLeaseOf({ messageId }: Handling, error: unknown): error is LeaseLostError {
  return isNDomainError(error, 'ND_LEASE_LOST') && error instanceof LeaseLostError && error.messageId === messageId;
}
