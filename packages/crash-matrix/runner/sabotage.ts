import type { EventStoreDb, Transport } from '@ndomain/core';
import type { ParentParts } from './local/local-parts.ts';

/** What can be broken on purpose, to see that the matrix notices. */
export const SABOTAGES = ['none', 'repeats', 'forgets', 'halves'] as const;
export type Sabotage = (typeof SABOTAGES)[number];

export function sabotaged(parts: ParentParts, sabotage: Sabotage): ParentParts {
  switch (sabotage) {
    case 'none':
      return parts;
    case 'repeats':
      return { ...parts, eventStore: repeatingStore(parts.eventStore) };
    case 'halves':
      return { ...parts, eventStore: halvingStore(parts.eventStore) };
    case 'forgets':
      return { ...parts, transport: forgetfulTransport(parts.transport) };
  }
}

/** An event store that does not recognise a transaction that it holds. */
function repeatingStore(db: EventStoreDb): EventStoreDb {
  const stored = new Map<string, string>();
  let appends = 0;
  return {
    capabilities: db.capabilities,
    append(streamId, transactionId, expectedVersion, events) {
      const own = `${transactionId}#${++appends}`;
      stored.set(transactionId, own);
      return db.append(streamId, own, expectedVersion, events);
    },
    async load(streamId, range) {
      return { ...(await db.load(streamId, range)), holdsTransaction: false };
    },
    loadUncommitted: (streamId, transactionId) => db.loadUncommitted(streamId, transactionId),
    commit: (streamId, transactionId) => db.commit(streamId, stored.get(transactionId) ?? transactionId),
    findUncommitted: (query) => db.findUncommitted(query),
    readAll: (after, limit) => db.readAll(after, limit),
  };
}

/** An event store that stores the first event of an append, and says that it has stored all. */
function halvingStore(db: EventStoreDb): EventStoreDb {
  return {
    capabilities: db.capabilities,
    append: (streamId, transactionId, expectedVersion, events) =>
      db.append(streamId, transactionId, expectedVersion, events.slice(0, 1)),
    load: (streamId, range) => db.load(streamId, range),
    loadUncommitted: (streamId, transactionId) => db.loadUncommitted(streamId, transactionId),
    commit: (streamId, transactionId) => db.commit(streamId, transactionId),
    findUncommitted: (query) => db.findUncommitted(query),
    readAll: (after, limit) => db.readAll(after, limit),
  };
}

/** A transport that forgets a message as soon as somebody has received it. */
function forgetfulTransport(transport: Transport): Transport {
  const done = async (): Promise<void> => undefined;
  return {
    capabilities: transport.capabilities,
    send: (messages) => transport.send(messages),
    receiver(endpoint, options) {
      const inbound = transport.receiver(endpoint, options);
      return {
        close: () => inbound.close(),
        async receive(max, signal) {
          const received = await inbound.receive(max, signal);
          for (const transaction of received) await transaction.commit();
          return received.map((transaction) => ({
            deliveryCount: transaction.deliveryCount,
            read: () => transaction.read(),
            commit: done,
            fail: done,
            release: done,
            extend: done,
            deadLetter: done,
          }));
        },
      };
    },
    deadLetters: (endpoint) => transport.deadLetters(endpoint),
    figures: (endpoint) => transport.figures(endpoint),
    checkEndpointName: (endpoint) => transport.checkEndpointName(endpoint),
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  };
}
