import type { TransportMessage } from '../message.ts';
import type { Clock, Timer } from '../../kernel/clock.ts';
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
  leasedUntil: number;
  /** Who has it leased. */
  owner: object | undefined;
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
  readonly #delayed = new DelayHeap<LocalEntry>();
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
    return this.#delayed.length;
  }

  get leasedCount(): number {
    return this.#leased.size;
  }

  /** Puts a message in. It is to be followed by one `wake()` for the whole batch. */
  put(message: TransportMessage, now: number): void {
    const dueAt = message.deliverAt ?? 0;
    const place = this.#nextPlace++;
    const entry = newEntry(message, place, now, dueAt);
    if (dueAt > now) this.#delay(entry);
    else this.#ready.push(entry);
  }

  /** Puts a message in before all others. It is to be followed by one `wake()`. */
  putFirst(message: TransportMessage): void {
    const place = -++this.#firsts;
    const putAt = this.#clock.now();
    this.#ready.unshift(newEntry(message, place, putAt, 0));
  }

  /** Leases up to `max` entries that are due; none when there are none. */
  take(max: number, leaseMs: number, owner: object): LocalEntry[] {
    const taken: LocalEntry[] = [];
    if (this.#ready.length === 0) return taken;
    const until = this.#clock.now() + leaseMs;
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
    entry.leasedUntil = this.#clock.now() + leaseMs;
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

  /** Puts a leased entry back: behind the others, or `first`. */
  putBack(entry: LocalEntry, dueAt: number, first: boolean): void {
    this.#leased.delete(entry);
    entry.dueAt = dueAt;
    if (dueAt > this.#clock.now()) this.#delay(entry);
    else if (first) this.#restore(entry);
    else this.#ready.push(entry);
    this.wake();
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#timerDueAt = Infinity;
  }

  #delay(entry: LocalEntry): void {
    this.#delayed.push(entry);
    this.#armTimer(entry.dueAt);
  }

  // One timer for the whole queue, set for the earliest moment at which something can happen.
  #armTimer(dueAt: number): void {
    if (dueAt >= this.#timerDueAt || dueAt === Infinity) return;
    this.#timer?.cancel();
    this.#timerDueAt = dueAt;
    this.#timer = this.#clock.schedule(Math.max(0, dueAt - this.#clock.now()), this.#onTimer, { background: true });
  }

  readonly #onTimer = (): void => {
    this.#timerDueAt = Infinity;
    const now = this.#clock.now();
    for (let entry = this.#delayed.popDue(now); entry !== undefined; entry = this.#delayed.popDue(now)) {
      this.#ready.push(entry);
    }
    this.#takeBackExpired(now);
    let nextAt = this.#delayed.earliest?.dueAt ?? Infinity;
    for (const entry of this.#leased) nextAt = Math.min(nextAt, entry.leasedUntil);
    this.#armTimer(nextAt);
    this.wake();
  };

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

function newEntry(message: TransportMessage, place: number, putAt: number, dueAt: number): LocalEntry {
  return { message, place, putAt, deliveries: 0, lease: 0, leasedUntil: 0, owner: undefined, dueAt };
}
