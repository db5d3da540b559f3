import type { Clock } from '@ndomain/core';
import type { FileTime } from '../database/file-time.ts';
import type { SqliteDatabase } from '../database/sqlite-database.ts';
import type { MessageTable } from './message-table.ts';
import type { Queues } from './queues.ts';
import type { Wakers } from './wakers.ts';

/** What the parts of a transport share. */
export interface TransportParts {
  readonly database: SqliteDatabase;
  readonly queues: Queues;
  readonly messages: MessageTable;
  readonly wakers: Wakers;
  readonly clock: Clock;
  readonly time: FileTime;
}
