/** Who wants which messages: a topic (the message's name), and the component on the endpoint that gets its own copy of each. */
export interface Subscription {
  /** `topic/endpoint/component`, each part escaped so that a slash within one cannot be taken for the separator. */
  readonly id: string;
  readonly topic: string;
  readonly endpoint: string;
  readonly component: string;
  /** Into how many partitions the endpoint's keys are divided; 0 when it is not ordered. */
  readonly partitions: number;
}

export function subscriptionOf(topic: string, endpoint: string, component: string, partitions = 0): Subscription {
  const id = [topic, endpoint, component].map(escapePart).join('/');
  return { id, topic, endpoint, component, partitions };
}

function escapePart(part: string): string {
  return part.replaceAll('%', '%25').replaceAll('/', '%2F');
}
