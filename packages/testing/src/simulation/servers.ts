import {
  LocalEventStoreDb,
  LocalInbox,
  LocalLeases,
  LocalQueryStore,
  LocalSubscriptionBroker,
  LocalSubscriptionStore,
  LocalTransport,
  type Backend,
  type Clock,
  type EventStoreDb,
  type Inbox,
  type Leases,
  type QueryStore,
  type Subscriptions,
  type Transport,
} from '@ndomain/core';
import { FaultyEventStoreDb } from '../faults/faulty-event-store-db.ts';
import { FaultyInbox } from '../faults/faulty-inbox.ts';
import { FaultyQueryStore } from '../faults/faulty-query-store.ts';
import { FaultySubscriptionStore } from '../faults/faulty-subscription-store.ts';
import { SimulatedBroker } from './simulated-broker.ts';
import { SimulatedLeases } from './simulated-leases.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import { SimulatedTransport } from './simulated-transport.ts';
import type { Report } from './violation.ts';
import { WitnessEventStoreDb } from './witness-event-store-db.ts';
import { WitnessTransport } from './witness-transport.ts';

/** What stands behind the seams. What is not given is in memory. */
export interface SimulatedServers {
  readonly eventStore?: EventStoreDb | undefined;
  readonly transport?: Transport | undefined;
  readonly subscriptions?: Subscriptions | undefined;
  readonly queries?: QueryStore | undefined;
  readonly inbox?: Inbox | undefined;
  readonly leases?: Leases | undefined;
}

/** The servers that all processes of a simulation share. They never fail: the way to them does. */
export class Servers {
  readonly events: WitnessEventStoreDb;
  readonly messages: WitnessTransport;
  readonly subscriptions: Subscriptions;
  readonly #queries: QueryStore;
  readonly #inbox: Inbox;
  readonly #leases: Leases;

  constructor(
    given: SimulatedServers,
    clock: Clock,
    changesPerMessage: number,
    note: (what: string) => void,
    report: Report,
  ) {
    const db = given.eventStore ?? new LocalEventStoreDb(clock);
    this.events = new WitnessEventStoreDb(db, changesPerMessage, note, report);
    this.messages = new WitnessTransport(given.transport ?? new LocalTransport(clock), this.events, note, report);
    const local = { store: new LocalSubscriptionStore(), broker: new LocalSubscriptionBroker() };
    this.subscriptions = given.subscriptions ?? local;
    this.#queries = given.queries ?? new LocalQueryStore(clock);
    this.#inbox = given.inbox ?? new LocalInbox(clock);
    this.#leases = given.leases ?? new LocalLeases(clock);
  }

  /** The servers as one process reaches them. */
  reachedBy(process: SimulatedProcess): Backend {
    const { store, broker } = this.subscriptions;
    return {
      name: process.name,
      eventStore: new FaultyEventStoreDb(this.events, process),
      transport: new SimulatedTransport(this.messages, process),
      subscriptions: {
        store: new FaultySubscriptionStore(store, process),
        broker: new SimulatedBroker(broker, process),
      },
      queries: new FaultyQueryStore(this.#queries, process),
      inbox: new FaultyInbox(this.#inbox, process),
      leases: new SimulatedLeases(this.#leases, process),
    };
  }
}
