import type { Subscription } from '@ndomain/core';
import type { Row } from '../connection/rows.ts';
import { SUBSCRIPTIONS as P } from '../names.ts';

export function subscriptionProperties(subscription: Subscription): Record<string, string | number> {
  const { id, topic, endpoint, component, partitions } = subscription;
  return {
    [P.id]: id,
    [P.topic]: topic,
    [P.endpoint]: endpoint,
    [P.component]: component,
    [P.partitions]: partitions,
  };
}

export function subscriptionFrom(row: Row): Subscription {
  return {
    id: String(row[P.id]),
    topic: String(row[P.topic]),
    endpoint: String(row[P.endpoint]),
    component: String(row[P.component]),
    partitions: Number(row[P.partitions]),
  };
}
