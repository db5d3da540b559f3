import type { Logger } from '../kernel/logger.ts';
import type { AmbientHandling } from '../kernel/message-context.ts';
import { PRINT_HEADER, PRINT_METADATA } from '../kernel/message-print.ts';
import type { AggregateEvent } from '../event-sourcing/aggregate-event.ts';
import type { EventStoreDb } from '../event-sourcing/event-store-db.ts';

const PAGE_SIZE = 1_000;

/**
 * Says when a message is skipped because its id has taken effect before, and it was another payload that did: the id was chosen by the sender,
 * and names two things. Looks at the stream from its end; asked for only where such a message comes again.
 */
export async function reportReusedId(
  db: EventStoreDb,
  streamId: string,
  transactionId: string,
  handling: AmbientHandling | undefined,
  logger: Logger,
): Promise<void> {
  const print = handling?.headers[PRINT_HEADER];
  if (handling === undefined || print === undefined) return;
  const before = (await eventOf(db, streamId, transactionId))?.metadata[PRINT_METADATA];
  if (before === undefined || before === print) return;
  const { messageId, name } = handling;
  logger.warn(
    { messageId, messageName: name, streamId },
    `"${name}" with the id "${messageId}" had no effect: another payload with this id has changed "${streamId}" before. ` +
      'Give each thing that is said an id of its own.',
  );
}

async function eventOf(db: EventStoreDb, streamId: string, transactionId: string): Promise<AggregateEvent | undefined> {
  let { version: to } = await db.load(streamId, { from: 1, to: 0, limit: 1 });
  for (; to > 0; to -= PAGE_SIZE) {
    const from = Math.max(1, to - PAGE_SIZE + 1);
    for (let next = from; next <= to;) {
      const { events } = await db.load(streamId, { from: next, to, limit: PAGE_SIZE });
      const found = events.find((event) => event.transactionId === transactionId);
      if (found !== undefined || events.length === 0) return found;
      next += events.length;
    }
  }
  return undefined;
}
