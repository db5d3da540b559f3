import {
  LocalInbox,
  LocalLeases,
  LocalQueryStore,
  LocalSubscriptionBroker,
  LocalSubscriptionStore,
  type Backend,
  type BackendServices,
  type Clock,
  type EventStoreDb,
  type Inbox,
  type Leases,
  type Provider,
  type QueryStore,
  type Subscriptions,
  type Transport,
} from '@ndomain/core';

/** Everything that outlives a process, as one process has opened it. */
export interface CrashStores {
  readonly eventStore: EventStoreDb;
  readonly transport: Transport;
  readonly subscriptions: Subscriptions;
  readonly queries: QueryStore;
  readonly inbox: Inbox;
  readonly leases: Leases;
}

/** What stands in for the parts that a backend does not have. */
export type SpareStores = Omit<CrashStores, 'eventStore' | 'transport'>;

export function localSpares(clock: Clock): SpareStores {
  return {
    subscriptions: { store: new LocalSubscriptionStore(), broker: new LocalSubscriptionBroker() },
    queries: new LocalQueryStore(clock),
    inbox: new LocalInbox(clock),
    leases: new LocalLeases(clock),
  };
}

/** The parts of a backend. Throws when it has no event store or no transport. */
export function storesOf(backend: Backend, spares: SpareStores, services: BackendServices): CrashStores {
  const { eventStore, transport } = backend;
  if (eventStore === undefined || transport === undefined) {
    throw new Error(`"${backend.name}" has no event store or no transport, so it makes no pair. Combine two backends.`);
  }
  return {
    eventStore: provided(eventStore, services),
    transport: provided(transport, services),
    subscriptions: provided(backend.subscriptions ?? spares.subscriptions, services),
    queries: provided(backend.queries ?? spares.queries, services),
    inbox: provided(backend.inbox ?? spares.inbox, services),
    leases: provided(backend.leases ?? spares.leases, services),
  };
}

function provided<Part extends object>(provider: Provider<Part>, services: BackendServices): Part {
  return typeof provider === 'function' ? provider(services) : provider;
}
