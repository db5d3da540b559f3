import {
  decode,
  type EventStoreDb,
  type Inbox,
  type Leases,
  type QueryStore,
  type Subscription,
  type SubscriptionBroker,
  type SubscriptionChange,
  type SubscriptionListener,
  type SubscriptionStore,
} from '@ndomain/core';
import type { Witness } from '@ndomain/testing/crash';
import { remote, type Caller } from './caller.ts';
import type { LocalParts } from './local-parts.ts';
import { RemoteTransport } from './remote-transport.ts';

/** The parent's parts, in a child. */
export function remoteParts(caller: Caller): LocalParts {
  const db = remote<Omit<EventStoreDb, 'capabilities'>>(caller, 'eventStore', [
    'append',
    'load',
    'loadUncommitted',
    'commit',
    'findUncommitted',
    'readAll',
  ]);
  return {
    eventStore: { ...db, capabilities: { readAll: true, maxEventBytes: Infinity, maxAppendEvents: Infinity } },
    transport: new RemoteTransport(caller),
    subscriptions: {
      store: remote<SubscriptionStore>(caller, 'subscriptions', [
        'getAll',
        'getByTopic',
        'getByEndpoint',
        'add',
        'remove',
      ]),
      broker: new RemoteBroker(caller),
    },
    queries: remote<QueryStore>(caller, 'queries', ['get', 'getOrWaitUntil', 'set', 'list']),
    inbox: remote<Inbox>(caller, 'inbox', ['has', 'add']),
    leases: remote<Leases>(caller, 'leases', ['acquire', 'renew', 'release', 'list']),
    witness: remote<Witness>(caller, 'witness', ['saw', 'heardRumour']),
  };
}

/** The parent passes on what its own broker says. */
class RemoteBroker implements SubscriptionBroker {
  readonly #caller: Caller;
  readonly #listeners = new Set<SubscriptionListener>();

  constructor(caller: Caller) {
    this.#caller = caller;
    caller.onNotice(({ what, data }) => {
      if (what !== 'subscription') return;
      const [change, subscription] = decode(data) as [SubscriptionChange, Subscription];
      for (const listener of this.#listeners) listener(change, subscription);
    });
  }

  async notify(change: SubscriptionChange, subscription: Subscription): Promise<void> {
    await this.#caller.call('broker', 'notify', [change, subscription]);
  }

  async onChange(listener: SubscriptionListener): Promise<() => Promise<void>> {
    this.#listeners.add(listener);
    return async () => {
      this.#listeners.delete(listener);
    };
  }

  onGap(): void {
    // A channel to the parent breaks with the child alone.
  }
}
