import type { TransportMessage } from '../message.ts';
import { LONGEST_UNSEEN_MS, type Clock, type Timer } from '../../kernel/clock.ts';
import { DelayHeap } from './delay-heap.ts';
import { Fifo } from './fifo.ts';

/** A message in a queue. `lease` tells deliveries apart: whoever holds an older one has lost it. */
export interface LocalEntry {
  readonly message: TransportMessage;
  /** Place in the queue: what was put in earlier has a lower one. */
  readonly place: number;
  readonly putAt: number;
  deliveries: number;
  lease: number;
  /** By the clock's monotonic time. */
  leasedUntil: number;
  /** Who has it leased. */
  owner: object | undefined;
  /** By the clock's monotonic time where it waits for a while, by the time of day where it waits for a date. */
  dueAt: number;
}

interface Waiter {
  readonly max: number;
  readonly leaseMs: number;
  readonly owner: object;
  readonly take: (entries: LocalEntry[]) => void;
}

/**
 * The queue of one endpoint: what is due, what is not due yet, and what is leased. Receivers that find nothing wait here and
 * are woken by the message that they wait for.
 */
export class LocalQueue {
  readonly #clock: Clock;
  readonly #ready = new Fifo<LocalEntry>();
  /** Wait for a while. */
  readonly #delayed = new DelayHeap<LocalEntry>();
  /** Wait for a date. */
  readonly #dated = new DelayHeap<LocalEntry>();
  // Insertion order is not order of expiry once leases differ, so expiry looks at all of them, and only when one is due.
  readonly #leased = new Set<LocalEntry>();
  readonly #waiters = new Fifo<Waiter>();
  #nextPlace = 0;
  #nextLease = 0;
  #firsts = 0;
  #timer: Timer | undefined;
  #timerDueAt = Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get readyCount(): number {
    return this.#ready.length;
  }

  /** When the first of those that are due was put in. */
  get oldestReadyAt(): number | undefined {
    return this.#ready.first?.putAt;
  }

  get delayedCount(): number {
    return this.#delayed.length + this.#dated.length;
  }

  get leasedCount(): number {
    return this.#leased.size;
  }

  /** Puts a message in. It is to be followed by one `wake()` for the whole batch. */
  put(message: TransportMessage, now: number): void {
    const entry = newEntry(message, this.#nextPlace++, now);
    const { deliverAt = 0, delayMs } = message;
    if (deliverAt <= now) this.#ready.push(entry);
    else if (delayMs === undefined) this.#waitForDate(entry, deliverAt, now);
    else this.#waitFor(entry, delayMs);
  }

  /** Puts a message in before all others. It is to be followed by one `wake()`. */
  putFirst(message: TransportMessage): void {
    this.#ready.unshift(newEntry(message, -++this.#firsts, this.#clock.now()));
  }

  /** Leases up to `max` entries that are due; none when there are none. */
  take(max: number, leaseMs: number, owner: object): LocalEntry[] {
    const taken: LocalEntry[] = [];
    if (this.#ready.length === 0) return taken;
    const until = this.#clock.monotonic() + leaseMs;
    while (taken.length < max) {
      const entry = this.#ready.shift();
      if (entry === undefined) break;
      entry.deliveries++;
      entry.lease = ++this.#nextLease;
      entry.leasedUntil = until;
      entry.owner = owner;
      this.#leased.add(entry);
      taken.push(entry);
    }
    this.#armTimer(until);
    return taken;
  }

  /** Waits for entries. Returns how to stop waiting. */
  wait(waiter: Waiter): () => void {
    this.#waiters.push(waiter);
    return () => this.#waiters.remove(waiter);
  }

  /** Hands what is due to those who wait. */
  wake(): void {
    while (this.#ready.length > 0) {
      const waiter = this.#waiters.shift();
      if (waiter === undefined) return;
      waiter.take(this.take(waiter.max, waiter.leaseMs, waiter.owner));
    }
  }

  holds(entry: LocalEntry, lease: number): boolean {
    return entry.lease === lease && this.#leased.has(entry);
  }

  extend(entry: LocalEntry, leaseMs: number): void {
    entry.leasedUntil = this.#clock.monotonic() + leaseMs;
    this.#armTimer(entry.leasedUntil);
  }

  /** What somebody has leased, in order of leasing. */
  leasedBy(owner: object): LocalEntry[] {
    return [...this.#leased].filter((entry) => entry.owner === owner);
  }

  /** Takes a leased entry out for good. */
  remove(entry: LocalEntry): void {
    this.#leased.delete(entry);
  }

  /**
   * Puts a leased entry back: behind the others, or `first`. `at` is a moment that the caller has just reckoned: it waits for as long as it is
   * until then, however the clock is set meanwhile.
   */
  putBack(entry: LocalEntry, at: number, first: boolean): void {
    this.#leased.delete(entry);
    const pauseMs = at === 0 ? 0 : at - this.#clock.now();
    if (pauseMs > 0) this.#waitFor(entry, pauseMs);
    else if (first) this.#restore(entry);
    else this.#ready.push(entry);
    this.wake();
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#timerDueAt = Infinity;
  }

  #waitFor(entry: LocalEntry, ms: number): void {
    entry.dueAt = this.#clock.monotonic() + ms;
    this.#delayed.push(entry);
    this.#armTimer(entry.dueAt);
  }

  #waitForDate(entry: LocalEntry, date: number, now: number): void {
    entry.dueAt = date;
    this.#dated.push(entry);
    this.#armTimerForDate(date, now);
  }

  /** The clock may be set meanwhile, so it is looked at from time to time. */
  #armTimerForDate(date: number, now: number): void {
    this.#armTimer(this.#clock.monotonic() + Math.min(date - now, LONGEST_UNSEEN_MS));
  }

  // One timer for the whole queue, set for the earliest moment at which something can happen, by the clock's monotonic time.
  #armTimer(dueAt: number): void {
    if (dueAt >= this.#timerDueAt || dueAt === Infinity) return;
    this.#timer?.cancel();
    this.#timerDueAt = dueAt;
    const inMs = Math.max(0, dueAt - this.#clock.monotonic());
    this.#timer = this.#clock.schedule(inMs, this.#onTimer, { background: true });
  }

  readonly #onTimer = (): void => {
    this.#timerDueAt = Infinity;
    const passed = this.#clock.monotonic();
    const now = this.#clock.now();
    this.#takeDue(this.#delayed, passed);
    this.#takeDue(this.#dated, now);
    this.#takeBackExpired(passed);
    let nextAt = this.#delayed.earliest?.dueAt ?? Infinity;
    for (const entry of this.#leased) nextAt = Math.min(nextAt, entry.leasedUntil);
    this.#armTimer(nextAt);
    const nextDate = this.#dated.earliest?.dueAt;
    if (nextDate !== undefined) this.#armTimerForDate(nextDate, now);
    this.wake();
  };

  #takeDue(waiting: DelayHeap<LocalEntry>, by: number): void {
    for (let entry = waiting.popDue(by); entry !== undefined; entry = waiting.popDue(by)) this.#ready.push(entry);
  }

  #takeBackExpired(now: number): void {
    for (const entry of this.#leased) {
      if (entry.leasedUntil > now) continue;
      this.#leased.delete(entry);
      this.#restore(entry);
    }
  }

  /** Puts an entry back to where it was: before all that were put in after it. */
  #restore(entry: LocalEntry): void {
    this.#ready.insert(entry, ({ place }) => place > entry.place);
  }
}

function newEntry(message: TransportMessage, place: number, putAt: number): LocalEntry {
  return { message, place, putAt, deliveries: 0, lease: 0, leasedUntil: 0, owner: undefined, dueAt: 0 };
}
