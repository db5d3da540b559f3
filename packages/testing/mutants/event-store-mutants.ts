import {
  isNDomainError,
  LocalEventStoreDb,
  newId,
  type AggregateEvent,
  type AppendResult,
  type GlobalPage,
  type PromiseOrValue,
  type StreamPage,
  type StreamRange,
  type UncommittedAppend,
  type UncommittedQuery,
} from '@ndomain/core';

type Append = (
  streamId: string,
  transactionId: string,
  expectedVersion: number,
  events: readonly AggregateEvent[],
) => Promise<AppendResult>;

/** A store whose append does something else. */
function appending(change: (append: Append) => Append): typeof LocalEventStoreDb {
  return class extends LocalEventStoreDb {
    override append(...given: Parameters<Append>): Promise<AppendResult> {
      return change(async (...changed) => super.append(...changed))(...given);
    }
  };
}

/** A store whose pages are changed. */
function loading(change: (page: StreamPage, range: StreamRange) => StreamPage): typeof LocalEventStoreDb {
  return class extends LocalEventStoreDb {
    override async load(streamId: string, range: StreamRange): Promise<StreamPage> {
      return change(await super.load(streamId, range), range);
    }
  };
}

function finding(change: (query: UncommittedQuery) => UncommittedQuery): typeof LocalEventStoreDb {
  return class extends LocalEventStoreDb {
    override findUncommitted(query: UncommittedQuery): Promise<readonly UncommittedAppend[]> {
      return super.findUncommitted(change(query));
    }
  };
}

function readingAll(change: (page: GlobalPage) => GlobalPage): typeof LocalEventStoreDb {
  return class extends LocalEventStoreDb {
    override async readAll(after: string | undefined, limit: number): Promise<GlobalPage> {
      return change(await super.readAll(after, limit));
    }
  };
}

/** A store that answers what is uncommitted in one stream in another way. */
function findingInStream(
  change: (
    find: () => Promise<readonly UncommittedAppend[]>,
    query: UncommittedQuery,
  ) => Promise<readonly UncommittedAppend[]>,
): typeof LocalEventStoreDb {
  return class extends LocalEventStoreDb {
    override findUncommitted(query: UncommittedQuery): Promise<readonly UncommittedAppend[]> {
      const find = (): Promise<readonly UncommittedAppend[]> => super.findUncommitted(query);
      return query.streamId === undefined ? find() : change(find, query);
    }
  };
}

export const EVENT_STORE_MUTANTS: Readonly<Record<string, typeof LocalEventStoreDb>> = {
  'G5 finds what is uncommitted in all streams when it is asked for one': finding(({ olderThan, limit }) => ({
    olderThan,
    limit,
  })),
  'G5 finds the newest of a stream first': findingInStream(async (find) => (await find()).toReversed()),
  'G5 finds one of a stream': findingInStream(async (find) => (await find()).slice(0, 1)),
  'G5 finds more of a stream than it may': class extends LocalEventStoreDb {
    override findUncommitted(query: UncommittedQuery): Promise<readonly UncommittedAppend[]> {
      return super.findUncommitted(query.streamId === undefined ? query : { ...query, limit: Infinity });
    }
  },
  'G1 loses the last event of an append': appending(
    (append) => (streamId, transactionId, version, events) =>
      append(streamId, transactionId, version, events.length > 1 ? events.slice(0, -1) : events),
  ),
  'G3 stores events one by one': appending((append) => async (streamId, transactionId, version, events) => {
    let result: AppendResult = { version, duplicate: false };
    for (const [i, event] of events.entries()) {
      result = await append(streamId, i === events.length - 1 ? transactionId : `${transactionId}#${i}`, version + i, [
        event,
      ]);
    }
    return result;
  }),
  'G4 appends whatever the expected version': appending(
    (append) => async (streamId, transactionId, version, events) => {
      try {
        return await append(streamId, transactionId, version, events);
      } catch (error) {
        if (!isNDomainError(error, 'ND_CONCURRENCY')) throw error;
        const current = Number(Reflect.get(error, 'currentVersion'));
        const moved = events.map((event, i) => ({ ...event, sequenceId: current + i + 1 }));
        return append(streamId, transactionId, current, moved);
      }
    },
  ),
  'G3 does not know transactions': appending(
    (append) => (streamId, _, version, events) => append(streamId, newId(), version, events),
  ),
  'G3 refuses a transaction that it holds': appending((append) => async (...given) => {
    const result = await append(...given);
    if (result.duplicate) throw new Error('duplicate key');
    return result;
  }),
  'G3 answers a duplicate with the version of now': appending((append) => async (streamId, ...rest) => {
    const result = await append(streamId, ...rest);
    return result.duplicate ? { ...result, version: result.version + 1 } : result;
  }),
  'G3 keeps transactions of all streams together': class extends LocalEventStoreDb {
    readonly #seen = new Map<string, string>();
    override async append(...given: Parameters<Append>): Promise<AppendResult> {
      const [streamId, transactionId] = given;
      if ((this.#seen.get(transactionId) ?? streamId) !== streamId) return { version: 1, duplicate: true };
      this.#seen.set(transactionId, streamId);
      return super.append(...given);
    }
  },
  'G11 takes ids that differ in case for the same': appending(
    (append) =>
      (streamId, ...rest) =>
        append(streamId.toLowerCase(), ...rest),
  ),
  'G11 forgets the metadata': appending(
    (append) => (streamId, transactionId, version, events) =>
      append(
        streamId,
        transactionId,
        version,
        events.map((event) => ({ ...event, metadata: {} })),
      ),
  ),
  'G11 keeps payloads as JSON': appending(
    (append) => (streamId, transactionId, version, events) =>
      append(
        streamId,
        transactionId,
        version,
        events.map((event) => ({ ...event, payload: JSON.parse(JSON.stringify(event.payload) ?? 'null') as unknown })),
      ),
  ),
  'G10 returns one event too many': class extends LocalEventStoreDb {
    override load(streamId: string, range: StreamRange): PromiseOrValue<StreamPage> {
      return super.load(streamId, { ...range, limit: range.limit + 1 });
    }
  },
  'G5 says that nothing follows': loading((page) => ({ ...page, hasMore: false })),
  'G5 sorts as texts': loading((page) => ({
    ...page,
    events: page.events.toSorted((a, b) => String(a.sequenceId).localeCompare(String(b.sequenceId))),
  })),
  'G3 looks for the transaction in the page alone': loading((page, { transactionId }) => ({
    ...page,
    holdsTransaction: page.events.some((event) => event.transactionId === transactionId),
  })),
  'G4 forgets the version where the page is empty': loading((page) => ({
    ...page,
    version: page.events.at(-1)?.sequenceId ?? 0,
  })),
  'G1 never commits': class extends LocalEventStoreDb {
    override async commit(): Promise<void> {
      // Says that it did.
    }
  },
  'G1 commits the whole stream': class extends LocalEventStoreDb {
    override async commit(streamId: string, transactionId: string): Promise<void> {
      await super.commit(streamId, transactionId);
      for (const left of await super.findUncommitted({ olderThan: Infinity, limit: Infinity })) {
        if (left.streamId === streamId) await super.commit(streamId, left.transactionId);
      }
    }
  },
  'G1 finds uncommitted appends of any age': finding((query) => ({ ...query, olderThan: Infinity })),
  'G10 finds more uncommitted appends than asked for': finding((query) => ({ ...query, limit: Infinity })),
  'G3 gives a committed append as uncommitted': class extends LocalEventStoreDb {
    override async loadUncommitted(streamId: string, transactionId: string): Promise<readonly AggregateEvent[]> {
      const { events } = await super.load(streamId, { from: 1, to: Infinity, limit: Infinity });
      return events.filter((event) => event.transactionId === transactionId);
    }
  },
  'G5 skips an event when it reads all': readingAll((page) => ({ ...page, events: page.events.slice(1) })),
  'G5 reads all from the beginning again': class extends LocalEventStoreDb {
    override readAll(_: string | undefined, limit: number): Promise<GlobalPage> {
      return super.readAll(undefined, limit);
    }
  },
};
