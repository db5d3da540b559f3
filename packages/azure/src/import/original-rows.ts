import type { Row } from '../connection/rows.ts';

/*
 * What NDomain for .NET wrote to a table (https://github.com/mfelicio/NDomain, source/NDomain.Azure/EventSourcing): the partition is the id
 * of the aggregate; each event is a row under its sequence id, without leading zeros, with `DateUtc`, `Name` and `Payload` (JSON); the row `root` has
 * the `Version`; and a row `uncommitted:<transaction id>` lists in `seqs` the events of an append that were not known to be published.
 */
const ROOT = 'root';
const UNCOMMITTED = 'uncommitted:';
const SEQUENCE_ID = /^[1-9]\d*$/;

export interface OriginalEvent {
  readonly sequenceId: number;
  readonly date: Date;
  readonly name: string;
  readonly payload: unknown;
}

/** An aggregate as the original had stored it. */
export interface OriginalStream {
  readonly aggregateId: string;
  /** In order, 1, 2, … */
  readonly events: readonly OriginalEvent[];
  /** The transaction of the events that had not been published, by their sequence ids. */
  readonly uncommitted: ReadonlyMap<number, string>;
}

/** One aggregate from the rows of its partition, in any order. Throws an error that names the row which is not as expected. */
export function originalStream(aggregateId: string, rows: readonly Row[]): OriginalStream {
  const events: OriginalEvent[] = [];
  const uncommitted = new Map<number, string>();
  let version: number | undefined;
  for (const row of rows) {
    const { rowKey = '' } = row;
    if (SEQUENCE_ID.test(rowKey)) events.push(eventOf(aggregateId, row, Number(rowKey)));
    else if (rowKey === ROOT) version = Number(row['Version']);
    else if (rowKey.startsWith(UNCOMMITTED)) {
      for (const seq of String(row['seqs']).split(',')) uncommitted.set(Number(seq), rowKey.slice(UNCOMMITTED.length));
    } else throw problem(aggregateId, `the row "${rowKey}" is none of an event, "root" or "uncommitted:…"`);
  }
  // As text the rows come 1, 10, 11, 2, …
  events.sort((a, b) => a.sequenceId - b.sequenceId);
  const gap = events.findIndex(({ sequenceId }, i) => sequenceId !== i + 1);
  if (gap >= 0) throw problem(aggregateId, `the event ${gap + 1} is missing`);
  if (version !== undefined && version !== events.length) {
    throw problem(aggregateId, `its root says version ${version}, and there are ${events.length} events`);
  }
  return { aggregateId, events, uncommitted };
}

function eventOf(aggregateId: string, row: Row, sequenceId: number): OriginalEvent {
  const { DateUtc: date, Name: name, Payload: payload } = row;
  if (!(date instanceof Date) || typeof name !== 'string' || typeof payload !== 'string') {
    throw problem(aggregateId, `the event ${sequenceId} has no DateUtc, Name or Payload`);
  }
  try {
    return { sequenceId, date, name, payload: JSON.parse(payload) as unknown };
  } catch (error) {
    throw problem(aggregateId, `the payload of the event ${sequenceId} is no JSON`, error);
  }
}

function problem(aggregateId: string, what: string, cause?: unknown): Error {
  return new Error(`The stream "${aggregateId}" cannot be imported: ${what}.`, { cause });
}
