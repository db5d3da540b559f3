import type { Transport } from '../bus/transport/transport.ts';
import type { EventBus } from '../cqrs/event-bus.ts';
import type { AppendAndPublish } from '../event-sourcing/event-store.ts';
import type { EventStoreDb } from '../event-sourcing/event-store-db.ts';

/** How events are appended and published in one transaction; undefined where storage and transport do not share one. */
export function appendAndPublishIn(
  db: EventStoreDb,
  transport: Transport,
  eventBus: EventBus,
): AppendAndPublish | undefined {
  if (db.storage === undefined || db.storage !== transport.storage) return undefined;
  const append = db.appendAndSend?.bind(db);
  const enlist = transport.enlist?.bind(transport);
  if (append === undefined || enlist === undefined) return undefined;
  return async (streamId, transactionId, expectedVersion, events) => {
    const messages = await eventBus.addressStored(streamId, events);
    return append(streamId, transactionId, expectedVersion, events, enlist(messages));
  };
}
