import type { QueueFigures } from '@ndomain/core';
import type { ServiceClock } from '../../connection/service-clock.ts';
import { MOST_PER_RECEIVE, type MessageQueue } from './message-queue.ts';

/** What the messages of an endpoint are: all but the dead ones. */
export type LiveFigures = Omit<QueueFigures, 'dead'>;

/**
 * As near as the service can tell: it counts all messages together, about, and shows the first 32 that can be received. So up to 32 that
 * are ready are told apart from those that are hidden; of more, all count as ready. Why one is hidden it does not say: also those
 * that are delayed count as in flight.
 */
export async function queueFigures(queue: MessageQueue, serviceClock: ServiceClock): Promise<LiveFigures> {
  const [count, first] = await Promise.all([queue.count(), queue.peek()]);
  const ready = first.length < MOST_PER_RECEIVE ? first.length : Math.max(count, first.length);
  const oldest = Math.min(...first.map(({ insertedOn }) => insertedOn.getTime()));
  return {
    ready,
    delayed: 0,
    inFlight: Math.max(0, count - ready),
    ...(Number.isFinite(oldest) ? { oldestReadyAt: serviceClock.toOurs(oldest) } : {}),
  };
}

export function sumOf(a: LiveFigures, b: LiveFigures): LiveFigures {
  const moments = [a.oldestReadyAt, b.oldestReadyAt].filter((at) => at !== undefined);
  return {
    ready: a.ready + b.ready,
    delayed: a.delayed + b.delayed,
    inFlight: a.inFlight + b.inFlight,
    ...(moments.length === 0 ? {} : { oldestReadyAt: Math.min(...moments) }),
  };
}
