import type { InboundTransport, MessageTransaction, TransportMessage } from '@ndomain/core';

export const ENDPOINT = 'sales';
export const LEASE_MS = 60_000;

export function message(id: string, more: Partial<TransportMessage> = {}): TransportMessage {
  return { id, name: 'PlaceOrder', payload: { id }, headers: {}, endpoint: ENDPOINT, component: 'Sales', ...more };
}

/** Does not fit into a queue. */
export function large(id: string): TransportMessage {
  return message(id, { payload: { text: 'ü'.repeat(40_000) } });
}

/** Receives so many, in as few calls as it takes. */
export async function take(inbound: InboundTransport, count: number): Promise<MessageTransaction[]> {
  const signal = AbortSignal.timeout(20_000);
  const received: MessageTransaction[] = [];
  while (received.length < count && !signal.aborted) {
    received.push(...(await inbound.receive(count - received.length, signal)));
  }
  return received;
}

export async function takeOne(inbound: InboundTransport): Promise<MessageTransaction> {
  const [transaction] = await take(inbound, 1);
  if (transaction === undefined) throw new Error('nothing came');
  return transaction;
}

/** Empty for what could not be read. */
export function idsOf(transactions: readonly MessageTransaction[]): string[] {
  return transactions.map((transaction) => transaction.read().message?.id ?? '');
}
