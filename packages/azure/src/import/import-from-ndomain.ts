import { ConfigurationError, streamIdOf, type AggregateEvent, type EventStoreDb } from '@ndomain/core';
import type { AzureGiven } from '../azure-parts.ts';
import { AzureConnection } from '../connection/azure-connection.ts';
import { asOurs, codeOf } from '../connection/azure-errors.ts';
import type { Row } from '../connection/rows.ts';
import { originalStream, type OriginalEvent, type OriginalStream } from './original-rows.ts';

/** What is imported, and where it goes. */
export interface NDomainImport {
  /** The account that the original wrote to. */
  readonly from: AzureGiven;
  /** The table that the original wrote to. Nothing in it is changed. */
  readonly table: string;
  /** Where the events go: any event store, such as `new AzureEventStoreDb(connection, 'ndomainEvents')`. */
  readonly to: EventStoreDb;
  /**
   * The name of the aggregate that a stream is of: the original stored the id alone. Told of the id and the names of its events. A stream for which
   * it returns undefined is left out.
   */
  readonly aggregateNameOf: (aggregateId: string, eventNames: ReadonlySet<string>) => string | undefined;
  /** Told after each stream. */
  readonly onStream?: ((streamId: string, events: number) => void) | undefined;
}

export interface NDomainImportResult {
  readonly streams: number;
  readonly events: number;
  /** Streams for which `aggregateNameOf` knew no name. */
  readonly leftOut: number;
}

/** Events of one append. */
const MOST_EVENTS = 200;

/**
 * Copies all streams that NDomain for .NET wrote to a table into an event store. Events keep their ids, dates, names and payloads; what
 * the original had not published is uncommitted in the new store too, and the recovery loop publishes it. Running it again, also after it was
 * cut off, changes nothing that is there already; the original must not be written to meanwhile.
 *
 * Throws an error that names the stream for rows that are not as the original wrote them, and `ND_CONCURRENCY` where the new store has other
 * events under the same id. Integers beyond 2^53 in a payload lose their last digits, as in any JSON that JavaScript reads.
 */
export async function importFromNDomain(options: NDomainImport): Promise<NDomainImportResult> {
  const { to, aggregateNameOf, onStream } = options;
  let streams = 0;
  let events = 0;
  let leftOut = 0;
  for await (const stream of streamsOf(options)) {
    const name = aggregateNameOf(stream.aggregateId, new Set(stream.events.map((event) => event.name)));
    if (name === undefined) {
      leftOut++;
      continue;
    }
    const streamId = streamIdOf(name, stream.aggregateId);
    await store(to, streamId, stream);
    streams++;
    events += stream.events.length;
    onStream?.(streamId, stream.events.length);
  }
  return { streams, events, leftOut };
}

/** The streams of the table, one after the other, each with all its events in memory. */
async function* streamsOf({ from, table }: NDomainImport): AsyncGenerator<OriginalStream> {
  const { client, address } = (from instanceof AzureConnection ? from : new AzureConnection(from)).table(table, 'fail');
  const startedAt = performance.now();
  let partition: string | undefined;
  let rows: Row[] = [];
  try {
    // Rows come in the order of their partitions.
    for await (const row of client.listEntities<Row>()) {
      if (partition !== undefined && row.partitionKey !== partition) {
        yield originalStream(partition, rows);
        rows = [];
      }
      partition = row.partitionKey ?? '';
      rows.push(row);
    }
  } catch (error) {
    if (codeOf(error) === 'TableNotFound') {
      throw new ConfigurationError(`There is no table "${table}" at ${address} to import from.`, { cause: error });
    }
    throw asOurs(error, { what: 'read the original table', address, startedAt });
  }
  if (partition !== undefined) yield originalStream(partition, rows);
}

async function store(to: EventStoreDb, streamId: string, stream: OriginalStream): Promise<void> {
  for (const { events, uncommitted } of appendsOf(stream)) {
    const first = events[0]?.sequenceId ?? 1;
    // The same each time, so that a second run is recognised.
    const transactionId = uncommitted ?? `imported-${first}`;
    await to.append(
      streamId,
      transactionId,
      first - 1,
      events.map((event): AggregateEvent => ({
        ...event,
        aggregateId: stream.aggregateId,
        revision: 1,
        transactionId,
        metadata: {},
      })),
    );
    // What was published there need not be published here; the rest is left to the recovery loop.
    if (uncommitted === undefined) await to.commit(streamId, transactionId);
  }
}

interface ImportedAppend {
  readonly events: readonly OriginalEvent[];
  readonly uncommitted: string | undefined;
}

/** Events that were published in appends of up to 200, and those of each append that was not by themselves. */
function* appendsOf({ events, uncommitted }: OriginalStream): Generator<ImportedAppend> {
  let append: OriginalEvent[] = [];
  let transaction: string | undefined;
  for (const event of events) {
    const own = uncommitted.get(event.sequenceId);
    if (append.length > 0 && (own !== transaction || append.length === MOST_EVENTS)) {
      yield { events: append, uncommitted: transaction };
      append = [];
    }
    transaction = own;
    append.push(event);
  }
  if (append.length > 0) yield { events: append, uncommitted: transaction };
}
