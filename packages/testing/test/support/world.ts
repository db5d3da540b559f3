import {
  DomainContext,
  LocalEventStoreDb,
  LocalLeases,
  LocalQueryStore,
  LocalSubscriptionBroker,
  LocalSubscriptionStore,
  LocalTransport,
  type DomainContextBuilder,
  type EventStoreDb,
  type ProcessorBuilder,
  type Transport,
} from '@ndomain/core';
import { VirtualClock } from '@ndomain/testing';
import { RecordingLogger } from './recording-logger.ts';

/** What several processes share: the servers, and the time. */
export class World {
  readonly clock = new VirtualClock();
  readonly logger = new RecordingLogger();
  readonly queries = new LocalQueryStore(this.clock);
  readonly store = new LocalSubscriptionStore();
  readonly broker = new LocalSubscriptionBroker();
  readonly leases = new LocalLeases(this.clock);
  readonly db: EventStoreDb = new LocalEventStoreDb(this.clock);
  readonly transport: Transport = new LocalTransport(this.clock);

  /** A process that uses them. */
  process(): DomainContextBuilder {
    return DomainContext.configure()
      .clock(this.clock)
      .logging((c) => c.logger(this.logger))
      .eventSourcing((c) => c.store(this.db))
      .queries(this.queries)
      .bus((c) =>
        c.transport(this.transport).subscriptions({ store: this.store, broker: this.broker }).leases(this.leases),
      );
  }

  /** A running process with one endpoint. */
  worker(configure: (p: ProcessorBuilder) => unknown): Promise<DomainContext> {
    return this.process()
      .bus((c) => c.withProcessor(configure))
      .start();
  }

  /** The time since the beginning of the test, in milliseconds. */
  get elapsed(): number {
    return this.clock.now() - this.#begun;
  }

  readonly #begun = this.clock.now();
}
