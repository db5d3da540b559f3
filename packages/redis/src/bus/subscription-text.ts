import type { Subscription, SubscriptionChange } from '@ndomain/core';

/** A subscription as it stands in Redis: JSON, with the names of the fields. */
export function textOf({ id, topic, endpoint, component, partitions }: Subscription): string {
  return JSON.stringify({ id, topic, endpoint, component, partitions });
}

/** The inverse of {@link textOf}. */
export function subscriptionOf(text: string): Subscription {
  return JSON.parse(text) as Subscription;
}

/** A change as it is published: `added {"id":…}`. */
export function changeText(change: SubscriptionChange, subscription: Subscription): string {
  return `${change} ${textOf(subscription)}`;
}

/** The inverse of {@link changeText}; nothing for what somebody else has published. */
export function changeOf(text: string): readonly [SubscriptionChange, Subscription] | undefined {
  const space = text.indexOf(' ');
  const change = text.slice(0, space);
  if (change !== 'added' && change !== 'removed') return undefined;
  try {
    return [change, subscriptionOf(text.slice(space + 1))];
  } catch {
    return undefined;
  }
}
