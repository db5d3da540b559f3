import type { TableEntity, TransactionAction } from '@azure/data-tables';
import { PayloadTooLargeError } from '@ndomain/core';
import type { AzureTable } from '../connection/azure-connection.ts';
import { ROW_BYTES, split } from '../connection/binary-properties.ts';
import { keyOf } from '../escaping.ts';
import { STREAM_PROPERTIES as P, STREAM_ROWS } from '../names.ts';
import { deflated, type Pack } from './pack.ts';
import { packed } from './packing.ts';
import { packKey, transactionKey, uncommittedKey, type Head } from './stream-rows.ts';
import { withTransaction } from './transaction-filter.ts';

/**
 * What fits into a transaction, in bytes on the wire: 4 MiB (https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions),
 * less what surrounds up to 90 rows.
 */
const TRANSACTION_BYTES = 4_194_304 - 131_072;

/** One append, ready to be written. */
export interface Append {
  readonly streamId: string;
  readonly transactionId: string;
  readonly attempt: string;
  readonly lines: readonly string[];
  readonly storedAt: number;
}

/**
 * Writes one append as one transaction: packs that are full, the next head in place of `head`, and the rows of the transaction. Returns the next
 * head. Throws `ND_PAYLOAD_TOO_LARGE` before anything was sent; 409, 412 and 404 of the service mean that the stream is not as `head` says, or that
 * this very append was written by a try whose answer was lost.
 */
export async function writeAppend(table: AzureTable, head: Head, append: Append): Promise<Head> {
  const { streamId, transactionId, attempt, lines, storedAt } = append;
  const partitionKey = keyOf(streamId);
  const version = head.version + lines.length;
  const { full, open } = packed(head, lines);
  const next: Head = {
    etag: undefined,
    version,
    first: open.first,
    lines: open.lines,
    seen: withTransaction(head.seen, transactionId),
    sweep: head.sweep,
    uncommitted: [...head.uncommitted, { transactionId, first: head.version + 1, last: version, storedAt }],
  };
  const size = new TransactionSize(streamId);
  const actions: TransactionAction[] = full.map((pack) => {
    const { first, last } = pack;
    const row = { partitionKey, rowKey: packKey(last), [P.first]: first, [P.last]: last, ...size.add(pack) };
    return ['create', row];
  });
  const headRow: TableEntity = {
    partitionKey,
    rowKey: STREAM_ROWS.head,
    [P.streamId]: streamId,
    [P.version]: version,
    [P.first]: open.first,
    [P.seen]: next.seen,
    [P.sweep]: head.sweep,
    ...size.add(open),
  };
  actions.push(
    head.etag === undefined ? ['create', headRow] : ['update', headRow, 'Replace', { etag: head.etag }],
    ['create', { partitionKey, rowKey: transactionKey(transactionId), ...rowOf(append, head), [P.attempt]: attempt }],
    [
      'create',
      { partitionKey, rowKey: uncommittedKey(transactionId), ...rowOf(append, head), [P.storedAt]: iso(storedAt) },
    ],
  );
  if (head.version === 0) {
    actions.push(['create', { partitionKey, rowKey: STREAM_ROWS.begun, [P.streamId]: streamId }]);
  }
  const answer = await table.run('append to a stream', (client, options) => client.submitTransaction(actions, options));
  return { ...next, etag: answer.subResponses[full.length]?.etag };
}

function rowOf({ transactionId, lines }: Append, head: Head): Record<string, unknown> {
  return {
    [P.transactionId]: transactionId,
    [P.first]: head.version + 1,
    [P.last]: head.version + lines.length,
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

/** Counts what a transaction takes, and refuses what does not fit. */
class TransactionSize {
  readonly #streamId: string;
  #wireBytes = 0;

  constructor(streamId: string) {
    this.#streamId = streamId;
  }

  add({ first, lines }: Pack): Record<string, Uint8Array> {
    if (lines.length === 0) return {};
    const bytes = deflated(lines);
    const what = (part: string): string => `${part} of "${this.#streamId}", from the event ${first} on,`;
    if (bytes.length > ROW_BYTES) throw new PayloadTooLargeError(what('A row'), bytes.length, ROW_BYTES);
    // In JSON bytes are base64.
    this.#wireBytes += Math.ceil(bytes.length / 3) * 4;
    if (this.#wireBytes > TRANSACTION_BYTES) {
      throw new PayloadTooLargeError(what('The transaction'), this.#wireBytes, TRANSACTION_BYTES);
    }
    return split(P.events, bytes);
  }
}
