import type { Clock } from '../kernel/clock.ts';
import type { Leases } from '../kernel/leases.ts';
import type { Logger } from '../kernel/logger.ts';
import type { Inbox } from '../bus/inbox.ts';
import type { MessageDefinitions } from '../kernel/message-map.ts';
import type { OnUnrouted } from '../bus/message-bus.ts';
import type { Transport } from '../bus/transport/transport.ts';
import type { AggregateClass } from '../aggregates/aggregate.ts';
import type { EventStoreDb } from '../event-sourcing/event-store-db.ts';
import type { RecoveryOptions } from '../event-sourcing/recovery-loop.ts';
import type { SnapshotStore } from '../event-sourcing/snapshot-store.ts';
import type { QueryStore } from '../projections/query-store.ts';
import type { Backend, Provider, Subscriptions } from './backend.ts';
import type { ProcessorSettings } from './processor-builder.ts';
import type { RunningContext } from './running-context.ts';

/**
 * Makes an instance of a class, as IoC containers do: `(type) => container.resolve(type)`. The context, which is about to run, is
 * for what handlers need of it, such as repositories.
 */
export type Resolver = <Instance extends object>(target: Constructor<Instance>, context: RunningContext) => Instance;

// oxlint-disable-next-line typescript/no-explicit-any -- as containers write it: with "never" their resolve(type) does not compile
export type Constructor<Instance extends object> = new (...parameters: any[]) => Instance;

/** What the builder has been told, until `start()` makes it run. */
export interface Settings {
  readonly backends: Backend[];
  readonly messages: (MessageDefinitions | readonly string[])[];
  readonly aggregates: AggregateClass[];
  readonly processors: ProcessorSettings[];
  logger: Logger;
  clock: Clock;
  resolver?: Resolver;
  eventStore?: Provider<EventStoreDb>;
  snapshots?: Provider<SnapshotStore>;
  /** Absent: no snapshots are made. */
  snapshotEvery?: number;
  /** Absent: nothing is cached. */
  cacheCapacity?: number;
  conflictRetries: number;
  recovery: RecoveryOptions;
  transport?: Provider<Transport>;
  subscriptions?: Provider<Subscriptions>;
  onUnrouted: OnUnrouted;
  /** Whether `CommandRejected` is published. */
  publishesRejections: boolean;
  queries?: Provider<QueryStore>;
  inbox?: Provider<Inbox>;
  leases?: Provider<Leases>;
}
