import type { Clock } from '../kernel/clock.ts';
import type { PartHealth } from '../kernel/health.ts';
import type { Leases } from '../kernel/leases.ts';
import type { Logger } from '../kernel/logger.ts';
import type { Inbox } from '../bus/inbox.ts';
import type { SubscriptionBroker } from '../bus/subscriptions/subscription-broker.ts';
import type { SubscriptionStore } from '../bus/subscriptions/subscription-store.ts';
import type { Transport } from '../bus/transport/transport.ts';
import type { EventStoreDb } from '../event-sourcing/event-store-db.ts';
import type { SnapshotStore } from '../event-sourcing/snapshot-store.ts';
import type { QueryStore } from '../projections/query-store.ts';

/** What an adapter may need to make its parts. */
export interface BackendServices {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A part, or how to make it. */
export type Provider<Part extends object> = Part | ((services: BackendServices) => Part);

/** Subscriptions live in two places that belong together. */
export interface Subscriptions {
  readonly store: SubscriptionStore;
  readonly broker: SubscriptionBroker;
}

/**
 * One value that provides several seams, such as `sqlite('shop.db')`: `DomainContext.configure().with(backend)`. What it does not
 * provide stays as it was; what is configured after it replaces its part.
 */
export interface Backend {
  readonly name: string;
  readonly eventStore?: Provider<EventStoreDb>;
  readonly snapshots?: Provider<SnapshotStore>;
  readonly transport?: Provider<Transport>;
  readonly subscriptions?: Provider<Subscriptions>;
  readonly queries?: Provider<QueryStore>;
  readonly inbox?: Provider<Inbox>;
  readonly leases?: Provider<Leases>;
  /** Called before anything else when the context starts. Throws `ND_BACKEND_UNREACHABLE` within a stated time. */
  open?(services: BackendServices): Promise<void>;
  /** Called after everything else when the context stops. */
  close?(): Promise<void>;
  /** How the backend itself is, such as a file whose log cannot be written back: each part is one of the context's `health()`. */
  health?(): readonly PartHealth[];
}

/** Makes a part, when it is not one already. */
export function provide<Part extends object>(provider: Provider<Part>, services: BackendServices): Part {
  return typeof provider === 'function' ? provider(services) : provider;
}
