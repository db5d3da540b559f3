import { systemClock, type Clock } from '../kernel/clock.ts';
import { consoleLogger, type Logger } from '../kernel/logger.ts';
import type { MessageDefinitions } from '../kernel/message-map.ts';
import { checkFunction, checkInteger, withDefaults } from '../kernel/options.ts';
import type { Leases } from '../kernel/leases.ts';
import type { Inbox } from '../bus/inbox.ts';
import type { OnUnrouted } from '../bus/message-bus.ts';
import type { Transport } from '../bus/transport/transport.ts';
import type { Aggregate, AggregateClass } from '../aggregates/aggregate.ts';
import type { EventStoreDb } from '../event-sourcing/event-store-db.ts';
import { checkRecoveryOptions, RECOVERY_DEFAULTS, type RecoveryOptions } from '../event-sourcing/recovery-loop.ts';
import type { SnapshotStore } from '../event-sourcing/snapshot-store.ts';
import type { QueryStore } from '../projections/query-store.ts';
import { assemble } from './assemble.ts';
import type { Backend, Provider, Subscriptions } from './backend.ts';
import type { RunningContext } from './running-context.ts';
import { ProcessorBuilder } from './processor-builder.ts';
import type { Resolver, Settings } from './settings.ts';

/** Configures a context. What is not said stays in process. Nothing happens before `start()`. */
export class DomainContextBuilder {
  readonly #settings: Settings = {
    backends: [],
    messages: [],
    aggregates: [],
    processors: [],
    logger: consoleLogger,
    clock: systemClock,
    conflictRetries: 10,
    recovery: RECOVERY_DEFAULTS,
    onUnrouted: 'warn',
    publishesRejections: false,
  };

  /** Takes every part that a backend provides: `.with(sqlite('shop.db'))`. */
  with(backend: Backend): this {
    const settings = this.#settings;
    settings.backends.push(backend);
    if (backend.eventStore !== undefined) settings.eventStore = backend.eventStore;
    if (backend.snapshots !== undefined) settings.snapshots = backend.snapshots;
    if (backend.transport !== undefined) settings.transport = backend.transport;
    if (backend.subscriptions !== undefined) settings.subscriptions = backend.subscriptions;
    if (backend.queries !== undefined) settings.queries = backend.queries;
    if (backend.inbox !== undefined) settings.inbox = backend.inbox;
    if (backend.leases !== undefined) settings.leases = backend.leases;
    return this;
  }

  /** Declares messages that exist at run time: maps of validators or classes, or the names of a type. Names outside of them are then mistakes. */
  messages(...maps: readonly (MessageDefinitions | readonly string[])[]): this {
    this.#settings.messages.push(...maps);
    return this;
  }

  /** Where events are stored, which aggregates there are, snapshots, recovery. */
  eventSourcing(configure: (c: EventSourcingBuilder) => unknown): this {
    configure(new EventSourcingBuilder(this.#settings));
    return this;
  }

  /** Which queues, which subscriptions, and what this process handles. */
  bus(configure: (c: BusBuilder) => unknown): this {
    configure(new BusBuilder(this.#settings));
    return this;
  }

  /** Where read models are kept. */
  queries(store: Provider<QueryStore>): this {
    this.#settings.queries = store;
    return this;
  }

  /** Where the library reports what nobody awaits: pino, bunyan, console, or anything of that shape. */
  logging(configure: (c: { logger(logger: Logger): unknown }) => unknown): this {
    configure({ logger: (logger) => (this.#settings.logger = logger) });
    return this;
  }

  /** How handlers are made that are registered as classes alone: `.ioc(c => c.resolver((type) => container.resolve(type)))`. */
  ioc(configure: (c: { resolver(resolver: Resolver): unknown }) => unknown): this {
    configure({
      resolver: (resolver) => {
        checkFunction('the resolver', resolver);
        this.#settings.resolver = resolver;
      },
    });
    return this;
  }

  /** The clock behind every wait; for tests. */
  clock(clock: Clock): this {
    this.#settings.clock = clock;
    return this;
  }

  /** Makes it run. When this throws, everything that had been started has been stopped. */
  start(): Promise<RunningContext> {
    return assemble(this.#settings);
  }
}

/** The part about events and aggregates. */
export class EventSourcingBuilder {
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  store(store: Provider<EventStoreDb>): this {
    this.#settings.eventStore = store;
    return this;
  }

  /** The aggregates that this process loads or projects. */
  bind(...aggregates: readonly AggregateClass<Aggregate>[]): this {
    this.#settings.aggregates.push(...aggregates);
    return this;
  }

  /** Makes a snapshot whenever an append crosses a multiple of `every` events, at least 2. @default none */
  snapshots({ every, store }: { readonly every: number; readonly store?: Provider<SnapshotStore> }): this {
    checkInteger('snapshots.every', every, 2);
    this.#settings.snapshotEvery = every;
    if (store !== undefined) this.#settings.snapshots = store;
    return this;
  }

  /** Keeps the States of so many recently used aggregates in memory, checked against the store at each use. @default none */
  cache({ capacity }: { readonly capacity: number }): this {
    checkInteger('cache.capacity', capacity, 1);
    this.#settings.cacheCapacity = capacity;
    return this;
  }

  /** How often `repository.update` tries again after a conflict, at least 0. @default 10 */
  conflictRetries(count: number): this {
    checkInteger('conflictRetries', count, 0);
    this.#settings.conflictRetries = count;
    return this;
  }

  /** How events are found that a crash left unpublished (G1). */
  recovery(options: Partial<RecoveryOptions>): this {
    this.#settings.recovery = withDefaults(RECOVERY_DEFAULTS, options);
    checkRecoveryOptions(this.#settings.recovery);
    return this;
  }
}

/** The part about messages. */
export class BusBuilder {
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** A transport, which stays the caller's to dispose of; or how to make one, which the context then disposes of. */
  transport(transport: Provider<Transport>): this {
    this.#settings.transport = transport;
    return this;
  }

  subscriptions(subscriptions: Provider<Subscriptions>): this {
    this.#settings.subscriptions = subscriptions;
    return this;
  }

  /** Where handlers with `{ inbox: true }` remember what they have handled. */
  inbox(inbox: Provider<Inbox>): this {
    this.#settings.inbox = inbox;
    return this;
  }

  /** Where processes agree on who does what: the partitions of ordered endpoints, the recovery of events. */
  leases(leases: Provider<Leases>): this {
    this.#settings.leases = leases;
    return this;
  }

  /** What happens to a command that nobody handles. @default 'warn' */
  onUnrouted(what: OnUnrouted): this {
    this.#settings.onUnrouted = what;
    return this;
  }

  /** Publishes a {@link CommandRejected} for each message that is rejected here, to all who listen. @default not */
  publishRejections(): this {
    this.#settings.publishesRejections = true;
    return this;
  }

  /** Adds an endpoint that this process works for. */
  withProcessor(configure: (p: ProcessorBuilder) => unknown): this {
    const builder = new ProcessorBuilder();
    configure(builder);
    this.#settings.processors.push(builder.build());
    return this;
  }
}
