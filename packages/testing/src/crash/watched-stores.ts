import type { CrashStores } from './crash-stores.ts';
import type { StepWatch } from './step-watch.ts';
import { WatchedEventStoreDb } from './watched-event-store-db.ts';
import { watchedService } from './watched-service.ts';
import { WatchedTransport, type WatchedTransportOptions } from './watched-transport.ts';

/** Everything that outlives a process, each call of which is a step. */
export function watchedStores(stores: CrashStores, watch: StepWatch, options?: WatchedTransportOptions): CrashStores {
  const { store, broker } = stores.subscriptions;
  return {
    eventStore: new WatchedEventStoreDb(stores.eventStore, watch),
    transport: new WatchedTransport(stores.transport, watch, options),
    subscriptions: {
      store: watchedService(store, 'subscriptions', watch),
      // Its listeners are called, not answered, and it is not asked while messages are handled.
      broker,
    },
    queries: watchedService(stores.queries, 'queries', watch),
    inbox: watchedService(stores.inbox, 'inbox', watch),
    leases: watchedService(stores.leases, 'leases', watch),
  };
}
