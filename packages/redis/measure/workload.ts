import { encode, newId, type TransportMessage } from '@ndomain/core';

/** About 120 bytes as JSON. */
export const PAYLOAD = {
  accountId: 'account-1234',
  amount: 250,
  note: 'WHITE HANGING HEART T-LIGHT HOLDER',
  at: '2010-12-01T08:26:00Z',
  by: 'customer-17850',
};

export const PAYLOAD_BYTES = Buffer.byteLength(encode(PAYLOAD));

export function deposit(endpoint: string): TransportMessage {
  return { id: newId(), name: 'Deposit', payload: PAYLOAD, headers: {}, endpoint, component: 'Deposit' };
}

/** As much as a message takes in a queue, encoded as it is there. */
export function bodyOf(endpoint: string): string {
  const { id, component, name, payload } = deposit(endpoint);
  return `5000000000000000:0:1700000000000:${JSON.stringify([id, component, name])}\n${encode(payload)}`;
}

export const median = (values: readonly number[]): number => at(values, 0.5);

/** The value below which such a share of them is. */
export function at(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? 0;
}

/** How many per second `work` does. */
export async function rateOf(count: number, work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (count * 1_000) / (performance.now() - start);
}
