import { callChange, refuseWithinChange } from '../kernel/change-scope.ts';
import type { Clock } from '../kernel/clock.ts';
import { AggregateNotFoundError, isNDomainError, messageOf } from '../kernel/errors.ts';
import type { Gate } from '../kernel/gate.ts';
import { newId } from '../kernel/ids.ts';
import type { Logger } from '../kernel/logger.ts';
import { currentHandling, type AmbientHandling } from '../kernel/message-context.ts';
import { PRINT_HEADER, PRINT_METADATA } from '../kernel/message-print.ts';
import { after, isPromise, type PromiseOrValue } from '../kernel/promise-or-value.ts';
import { backOff, type Backoff } from '../kernel/retry.ts';
import type { AggregateEvent } from '../event-sourcing/aggregate-event.ts';
import type { EventStore } from '../event-sourcing/event-store.ts';
import type { AppendResult } from '../event-sourcing/event-store-db.ts';
import type { Snapshot, SnapshotStore } from '../event-sourcing/snapshot-store.ts';
import { Aggregate } from './aggregate.ts';
import type { AggregateCache } from './aggregate-cache.ts';
import type { AggregateDefinition } from './aggregate-definition.ts';
import { reportReusedId } from './reused-id.ts';
import type { State } from './state.ts';

/** What a repository works with; all of it is configured in one place, by `DomainContext`. */
export interface RepositoryServices {
  readonly eventStore: EventStore;
  readonly gate: Gate;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Absent: no snapshots. */
  readonly snapshots?: SnapshotPolicy | undefined;
  /** Absent: nothing is cached. */
  readonly cache?: AggregateCache | undefined;
  /** How often `update` tries again when somebody else was faster. */
  readonly conflictRetries: number;
}

export interface SnapshotPolicy {
  readonly store: SnapshotStore;
  /** A snapshot is made whenever an append crosses a multiple of this many events. */
  readonly every: number;
}

const CONFLICT_BACKOFF: Backoff = { firstMs: 2, longestMs: 200 };
const PAGE_SIZE = 1_000;
const NO_SNAPSHOT = 'a snapshot could not be made';
const MOST_WARNINGS = 1_000;
const DONE = Promise.resolve();
const NO_METADATA: Readonly<Record<string, string>> = Object.freeze({});

/** Told where a snapshot would name a class that has no name. */
class UnnamedClassError extends Error {
  constructor(aggregateName: string, className: string) {
    super(
      `the State of ${aggregateName} holds an instance of ${className}, and a snapshot outlives this process. ` +
        `Name the class: static readonly classes = { ${className} };`,
    );
  }
}

/** A State from cache or snapshot, to go on from. */
interface Beginning {
  readonly state: State;
  readonly version: number;
}

interface Loaded<A> {
  readonly aggregate: A;
  /** True when the stream already holds the transaction that was asked for. */
  readonly holdsTransaction: boolean;
}

/**
 * Loads and stores the aggregates of one kind. Prefer {@link update}: it alone is safe for redelivery without any care of the
 * caller's (G3), and it retries conflicts (G4).
 */
export class AggregateRepository<A extends Aggregate> {
  readonly #definition: AggregateDefinition<A>;
  readonly #services: RepositoryServices;
  /** Whether there are snapshots or a cache at all. */
  readonly #remembers: boolean;
  readonly #warnings = new Set<string>();

  constructor(definition: AggregateDefinition<A>, services: RepositoryServices) {
    this.#definition = definition;
    this.#services = services;
    this.#remembers = services.cache !== undefined || services.snapshots !== undefined;
  }

  /** Throws `ND_AGGREGATE_NOT_FOUND` when there is none. */
  async find(id: string): Promise<A> {
    const { aggregate } = await this.#load(id, this.#definition.streamIdOf(id), undefined);
    if (aggregate.version === 0) throw new AggregateNotFoundError(this.#definition.name, id);
    return aggregate;
  }

  /** The aggregate, or a new one at version 0. */
  async findOrDefault(id: string): Promise<A> {
    return (await this.#load(id, this.#definition.streamIdOf(id), undefined)).aggregate;
  }

  /**
   * Stores the changes of an aggregate and publishes them. Without changes it does nothing. Within a handler the append is
   * idempotent by the handled message; still, a second delivery runs the code between `find` and `save` on an aggregate that has
   * changed already. Throws `ND_CONCURRENCY` when somebody else was faster.
   */
  async save(aggregate: A): Promise<void> {
    if (aggregate.changes.length === 0) return;
    const streamId = this.#definition.streamIdOf(aggregate.id);
    this.#check(streamId);
    const { originalVersion, changes } = aggregate;
    const { length } = changes;
    const { duplicate } = await this.#append(streamId, aggregate, transactionIdFor(streamId));
    Aggregate.markSaved(aggregate, length);
    if (this.#remembers) await this.#remember(streamId, aggregate, originalVersion, duplicate);
  }

  /**
   * Loads, changes and stores an aggregate, as one step that takes effect once (G3): when the handled message has already
   * changed it, `change` is not called, and what a crash left unpublished is published. When somebody else was faster, it
   * starts again with what is there then, so `change` must have no effects of its own (G4). Resolves with the aggregate as stored.
   *
   * Throws `ND_AGGREGATE_NOT_FOUND`, `ND_CONCURRENCY` when all retries met a conflict, `ND_EFFECT_WITHIN_UPDATE` when `change` sends or
   * stores something else, `ND_STOPPED`, and whatever `change` throws; nothing was stored then.
   */
  update(id: string, change: (aggregate: A) => void | Promise<void>): Promise<A> {
    return this.#update(id, change, false);
  }

  /** The same, but starts a new aggregate where there is none. */
  createOrUpdate(id: string, change: (aggregate: A) => void | Promise<void>): Promise<A> {
    return this.#update(id, change, true);
  }

  async #update(id: string, change: (aggregate: A) => void | Promise<void>, mayCreate: boolean): Promise<A> {
    const streamId = this.#definition.streamIdOf(id);
    this.#check(streamId);
    const transactionId = transactionIdFor(streamId);
    for (let attempt = 1; ; attempt++) {
      const loading = this.#load(id, streamId, transactionId);
      const { aggregate, holdsTransaction } = isPromise(loading) ? await loading : loading;
      if (holdsTransaction) {
        const { eventStore, logger } = this.#services;
        await eventStore.republish(streamId, transactionId);
        await reportReusedId(eventStore.db, streamId, transactionId, currentHandling(), logger);
        return aggregate;
      }
      if (aggregate.version === 0 && !mayCreate) throw new AggregateNotFoundError(this.#definition.name, id);
      const changing = callChange(streamId, change, aggregate);
      if (changing !== undefined) await changing;
      const { originalVersion, changes } = aggregate;
      const { length } = changes;
      if (length === 0) return aggregate;
      try {
        const appending = this.#append(streamId, aggregate, transactionId);
        const { duplicate } = isPromise(appending) ? await appending : appending;
        Aggregate.markSaved(aggregate, length);
        if (this.#remembers) await this.#remember(streamId, aggregate, originalVersion, duplicate);
        // Somebody handles the same message at the same time, and was faster: theirs is what took effect.
        return duplicate ? (await this.#load(id, streamId, undefined)).aggregate : aggregate;
      } catch (error) {
        if (!isNDomainError(error, 'ND_CONCURRENCY') || attempt > this.#services.conflictRetries) throw error;
      }
      await backOff(this.#services.clock, attempt, CONFLICT_BACKOFF, currentHandling()?.signal);
    }
  }

  /** Throws `ND_STOPPED` and `ND_EFFECT_WITHIN_UPDATE`. */
  #check(streamId: string): void {
    this.#services.gate.check(streamId);
    refuseWithinChange(streamId);
  }

  #append(streamId: string, aggregate: A, transactionId: string): PromiseOrValue<AppendResult> {
    const { clock } = this.#services;
    const handling = currentHandling();
    handling?.checkOurs(clock.monotonic());
    const events = this.#eventsOf(aggregate, transactionId, clock.now(), handling);
    return this.#services.eventStore.appendAtOnce(streamId, transactionId, aggregate.originalVersion, events);
  }

  #eventsOf(aggregate: A, transactionId: string, now: number, handling: AmbientHandling | undefined): AggregateEvent[] {
    const date = new Date(now);
    const metadata = metadataOf(handling);
    let sequenceId = aggregate.originalVersion;
    return aggregate.changes.map(({ name, payload }) => ({
      aggregateId: aggregate.id,
      sequenceId: ++sequenceId,
      date,
      name,
      revision: this.#definition.history.revisionOf(name),
      payload,
      transactionId,
      metadata,
    }));
  }

  #load(id: string, streamId: string, transactionId: string | undefined): PromiseOrValue<Loaded<A>> {
    const beginning = this.#remembers ? this.#beginning(streamId) : undefined;
    return after(beginning, (begun) => this.#loadFrom(begun ?? this.#nothing(), id, streamId, transactionId));
  }

  #nothing(): Beginning {
    return { state: this.#definition.newState(), version: 0 };
  }

  /** Goes on from where `begun` ends. */
  #loadFrom(
    begun: Beginning,
    id: string,
    streamId: string,
    transactionId: string | undefined,
  ): PromiseOrValue<Loaded<A>> {
    const range = { from: begun.version + 1, to: Number.MAX_SAFE_INTEGER, limit: PAGE_SIZE, transactionId };
    return after(this.#services.eventStore.loadPage(streamId, range), (page) => {
      // A snapshot ahead of its stream is of another stream's past: a store that was restored or replaced.
      if (page.version < begun.version) return this.#loadFrom(this.#nothing(), id, streamId, transactionId);
      const { state } = begun;
      const version = this.#definition.fold(state, id, begun.version, page.events);
      // By way of a promise: pages that are there at once must not pile up on the stack.
      if (page.hasMore) return DONE.then(() => this.#loadFrom({ state, version }, id, streamId, transactionId));
      return { aggregate: this.#definition.fromState(id, state, version), holdsTransaction: page.holdsTransaction };
    });
  }

  /** The newest usable State from cache or snapshot. */
  #beginning(streamId: string): PromiseOrValue<Beginning | undefined> {
    const { cache, snapshots } = this.#services;
    const cached = cache?.get(streamId);
    const loading = cached === undefined && snapshots !== undefined ? this.#loadSnapshot(streamId, snapshots) : cached;
    return after(loading, (snapshot) => (snapshot === undefined ? undefined : this.#restored(streamId, snapshot)));
  }

  /** A snapshot that cannot be used is none. */
  #restored(streamId: string, snapshot: Snapshot): Beginning | undefined {
    try {
      const state = this.#definition.restore(snapshot);
      return state === undefined ? undefined : { state, version: snapshot.version };
    } catch (error) {
      this.#services.cache?.delete(streamId);
      this.#warnOnce(error, streamId, 'a snapshot could not be used, loading all events');
      return undefined;
    }
  }

  async #loadSnapshot(streamId: string, { store }: SnapshotPolicy): Promise<Snapshot | undefined> {
    try {
      return await store.load(streamId);
    } catch (error) {
      this.#warnOnce(error, streamId, 'a snapshot could not be read, loading all events');
      return undefined;
    }
  }

  /** Keeps what was just stored in the cache, and makes a snapshot when one is due. Failing to do so costs time, not data. */
  async #remember(streamId: string, aggregate: A, versionBefore: number, duplicate: boolean): Promise<void> {
    const { cache, snapshots } = this.#services;
    // What these changes led to is not what is stored; nor is what has happened since.
    if (duplicate || aggregate.changes.length > 0) return cache?.delete(streamId);
    const isDue =
      snapshots !== undefined &&
      Math.floor(aggregate.version / snapshots.every) > Math.floor(versionBefore / snapshots.every);
    if (cache === undefined && !isDue) return;
    try {
      const { snapshot, unnamedClass } = this.#definition.snapshotOf(aggregate);
      cache?.set(streamId, snapshot);
      if (!isDue) return;
      if (unnamedClass === undefined) await snapshots.store.save(streamId, snapshot);
      else this.#warnOnce(new UnnamedClassError(this.#definition.name, unnamedClass), streamId, NO_SNAPSHOT);
    } catch (error) {
      cache?.delete(streamId);
      this.#warnOnce(error, streamId, NO_SNAPSHOT);
    }
  }

  /** Of what goes wrong with one State after the other, the first is told. It costs time, not data. */
  #warnOnce(error: unknown, streamId: string, problem: string): void {
    const text = `${problem}: ${messageOf(error)}`;
    if (this.#warnings.has(text) || this.#warnings.size >= MOST_WARNINGS) return;
    this.#warnings.add(text);
    this.#services.logger.warn({ err: error, streamId }, `${text} (logged once)`);
  }
}

/** G3: within a handling the id derives from the handled message, so that a second run is recognised. */
function transactionIdFor(streamId: string): string {
  return currentHandling()?.nextTransactionId(streamId) ?? newId();
}

function metadataOf(handling: AmbientHandling | undefined): Readonly<Record<string, string>> {
  if (handling === undefined) return NO_METADATA;
  const { correlationId, messageId: causationId } = handling;
  const print = handling.headers[PRINT_HEADER];
  if (print === undefined) return Object.freeze({ correlationId, causationId });
  return Object.freeze({ correlationId, causationId, [PRINT_METADATA]: print });
}
