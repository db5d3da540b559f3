import {
  LocalInbox,
  LocalLeases,
  LocalQueryStore,
  LocalSnapshotStore,
  LocalSubscriptionBroker,
  LocalSubscriptionStore,
  type Lease,
  type Query,
  type QueryPage,
  type Snapshot,
  type Subscription,
  type SubscriptionListener,
} from '@ndomain/core';

export const SNAPSHOT_STORE_MUTANTS: Readonly<Record<string, typeof LocalSnapshotStore>> = {
  'G11 keeps the first': class extends LocalSnapshotStore {
    override async save(streamId: string, snapshot: Snapshot): Promise<void> {
      if ((await this.load(streamId)) === undefined) await super.save(streamId, snapshot);
    }
  },
  'G11 looks at the version alone': class extends LocalSnapshotStore {
    override async save(streamId: string, snapshot: Snapshot): Promise<void> {
      if (((await this.load(streamId))?.version ?? 0) <= snapshot.version) await super.save(streamId, snapshot);
    }
  },
  'G11 keeps one for all streams': class extends LocalSnapshotStore {
    override load(): Promise<Snapshot | undefined> {
      return super.load('');
    }
    override save(_: string, snapshot: Snapshot): Promise<void> {
      return super.save('', snapshot);
    }
  },
};

export const SUBSCRIPTION_STORE_MUTANTS: Readonly<Record<string, typeof LocalSubscriptionStore>> = {
  'G6 says that every add is new': class extends LocalSubscriptionStore {
    override async add(subscription: Subscription): Promise<boolean> {
      await super.add(subscription);
      return true;
    }
  },
  'G6 says that every remove did something': class extends LocalSubscriptionStore {
    override async remove(subscription: Subscription): Promise<boolean> {
      await super.remove(subscription);
      return true;
    }
  },
  'G6 finds topics that begin alike': class extends LocalSubscriptionStore {
    override async getByTopic(topic: string): Promise<readonly Subscription[]> {
      return (await this.getAll()).filter((subscription) => subscription.topic.startsWith(topic));
    }
  },
};

export const SUBSCRIPTION_BROKER_MUTANTS: Readonly<Record<string, typeof LocalSubscriptionBroker>> = {
  'G9 never forgets a listener': class extends LocalSubscriptionBroker {
    override async onChange(listener: SubscriptionListener): Promise<() => Promise<void>> {
      await super.onChange(listener);
      return () => Promise.resolve();
    }
  },
  'G1 tells one listener': class extends LocalSubscriptionBroker {
    #isTaken = false;
    override async onChange(listener: SubscriptionListener): Promise<() => Promise<void>> {
      if (this.#isTaken) return () => Promise.resolve();
      this.#isTaken = true;
      return super.onChange(listener);
    }
  },
  'G6 calls every change an addition': class extends LocalSubscriptionBroker {
    override notify(_: string, subscription: Subscription): Promise<void> {
      return super.notify('added', subscription);
    }
  },
};

export const QUERY_STORE_MUTANTS: Readonly<Record<string, typeof LocalQueryStore>> = {
  'G4 sets whatever is there': class extends LocalQueryStore {
    override async set(id: string, _: number, version: number, data: unknown): Promise<boolean> {
      return super.set(id, (await this.get(id)).version, version, data);
    }
  },
  'G13 does not wait': class extends LocalQueryStore {
    override getOrWaitUntil(id: string): Promise<Query> {
      return this.get(id);
    }
  },
  'G13 waits until the timeout': class extends LocalQueryStore {
    override getOrWaitUntil(id: string, _: number, timeoutMs: number, signal?: AbortSignal): Promise<Query> {
      return super.getOrWaitUntil(id, Infinity, timeoutMs, signal);
    }
  },
  'G13 waits for exactly that version': class extends LocalQueryStore {
    override async getOrWaitUntil(
      id: string,
      version: number,
      timeoutMs: number,
      signal?: AbortSignal,
    ): Promise<Query> {
      const found = await super.getOrWaitUntil(id, version, timeoutMs, signal);
      return found.version > version ? super.getOrWaitUntil(id, Infinity, timeoutMs, signal) : found;
    }
  },
  'G9 does not hear the abort': class extends LocalQueryStore {
    override getOrWaitUntil(id: string, version: number, timeoutMs: number): Promise<Query> {
      return super.getOrWaitUntil(id, version, timeoutMs);
    }
  },
  'G10 lists from the beginning again': class extends LocalQueryStore {
    override list({ prefix, limit }: QueryPage): Promise<readonly Query[]> {
      return super.list({ prefix, limit });
    }
  },
  'G11 lists whatever the prefix': class extends LocalQueryStore {
    override list(page: QueryPage): Promise<readonly Query[]> {
      return super.list({ ...page, prefix: '' });
    }
  },
};

export const LEASES_MUTANTS: Readonly<Record<string, typeof LocalLeases>> = {
  'G5 grants a lease that is held': class extends LocalLeases {
    override async acquire(name: string, owner: string, durationMs: number): Promise<Lease | undefined> {
      for (const held of await this.list(name)) await this.release(held);
      return super.acquire(name, owner, durationMs);
    }
  },
  'G5 renews what is over': class extends LocalLeases {
    override async renew(lease: Lease, durationMs: number): Promise<boolean> {
      await super.renew(lease, durationMs);
      return true;
    }
  },
  'G9 never gives up': class extends LocalLeases {
    override async release(): Promise<void> {
      // Says that it did.
    }
  },
  'G5 numbers its grants by chance': class extends LocalLeases {
    override async acquire(name: string, owner: string, durationMs: number): Promise<Lease | undefined> {
      const lease = await super.acquire(name, owner, durationMs);
      return lease === undefined ? undefined : { ...lease, fence: 1 };
    }
  },
  'G5 tells nobody that a lease was abandoned': class extends LocalLeases {
    override async acquire(name: string, owner: string, durationMs: number): Promise<Lease | undefined> {
      const lease = await super.acquire(name, owner, durationMs);
      return lease === undefined ? undefined : { ...lease, wasAbandoned: false };
    }
  },
};

export const INBOX_MUTANTS: Readonly<Record<string, typeof LocalInbox>> = {
  'G3 remembers nothing': class extends LocalInbox {
    override async add(): Promise<void> {
      // Says that it did.
    }
  },
  'G6 does not look at the component': class extends LocalInbox {
    override has(_: string, messageId: string): Promise<boolean> {
      return super.has('', messageId);
    }
    override add(_: string, messageId: string, keepMs: number): Promise<void> {
      return super.add('', messageId, keepMs);
    }
  },
  'G3 forgets too early': class extends LocalInbox {
    override add(component: string, messageId: string, keepMs: number): Promise<void> {
      return super.add(component, messageId, keepMs / 2);
    }
  },
};
