import { orderingKeyOf, type DeadLetter, type DeadLetterReason, type ReceivedMessage } from '@ndomain/core';
import type { SqliteDatabase } from '../database/sqlite-database.ts';
import { MESSAGE_COLUMNS, receivedMessage, type MessageRow } from './message-rows.ts';
import type { LeasedPlace } from './message-table.ts';

export type DeadLetterRow = readonly [
  id: number,
  partition: number,
  isBroken: number,
  code: string,
  error: string,
  stack: string | null,
  attempts: number,
  failedAt: number,
  ...message: MessageRow,
];

/** Reads dead letters; a WHERE clause is to follow. */
export const SELECT_DEAD_LETTERS = `
  SELECT dead_letter, partition, is_broken, code, error, stack, attempts, failed_at, ${MESSAGE_COLUMNS}
  FROM dead_letter CROSS JOIN queue USING (queue)`;

/** Copies a message to the dead letters, which is then to be removed. To be called within a write. */
export function addDeadLetter(
  database: SqliteDatabase,
  endpoint: string,
  { queue, place }: LeasedPlace,
  { message }: ReceivedMessage,
  { code, message: error, stack, attempts, failedAt }: DeadLetterReason,
): void {
  const key = message === undefined ? undefined : orderingKeyOf(message);
  database
    .query(
      `INSERT INTO dead_letter (queue, endpoint, ordering_key, is_broken, code, error, stack, attempts, failed_at, ${MESSAGE_COLUMNS})
       SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ${MESSAGE_COLUMNS} FROM message WHERE place = ?`,
    )
    .run(
      queue,
      endpoint,
      key ?? null,
      message === undefined ? 1 : 0,
      code,
      error,
      stack ?? null,
      Math.round(attempts),
      Math.round(failedAt),
      place,
    );
}

export function deadLetterOf(endpoint: string, row: DeadLetterRow): DeadLetter {
  const [id, partition, isBroken, code, error, stack, attempts, failedAt, ...messageRow] = row;
  const reason: DeadLetterReason = { code, message: error, stack: stack ?? undefined, attempts, failedAt };
  const letter = { id: String(id), endpoint, reason };
  if (isBroken === 1) return { ...letter, raw: messageRow[4] };
  const { message, broken } = receivedMessage(messageRow, endpoint, partition < 0 ? undefined : partition);
  return message === undefined ? { ...letter, raw: broken.raw } : { ...letter, message };
}
