import assert from 'node:assert/strict';
import type {
  DeadLetterReason,
  InboundTransport,
  MessageTransaction,
  Transport,
  TransportMessage,
} from '@ndomain/core';
import { eventually } from '../../time/eventually.ts';
import { turns } from '../../time/turns.ts';

/** Accepted by every backend: 3 to 63 of a-z, 0-9 and '-'. */
export const ENDPOINT = 'sales';
export const OTHER_ENDPOINT = 'mail';
/** How long a case waits for what has to come, in milliseconds of real time. */
export const PATIENCE_MS = 20_000;

export function message(id: string, more: Partial<TransportMessage> = {}): TransportMessage {
  return { id, name: 'PlaceOrder', payload: { id }, headers: {}, endpoint: ENDPOINT, component: 'Sales', ...more };
}

export const REASON: DeadLetterReason = {
  code: 'ERROR',
  message: 'out of stock',
  stack: 'Error: out of stock\n  at …',
  attempts: 3,
  failedAt: Date.UTC(2010, 11, 1),
};

/** Receives exactly so many messages, in as few calls as it takes. */
export async function receive(inbound: InboundTransport, count: number): Promise<MessageTransaction[]> {
  const received: MessageTransaction[] = [];
  const signal = AbortSignal.timeout(PATIENCE_MS);
  while (received.length < count) {
    received.push(...(await inbound.receive(count - received.length, signal)));
    // A receiver that returns without messages again and again is to fail, not to hang.
    await turns();
    assert.ok(!signal.aborted, `expected ${count} messages within ${PATIENCE_MS} ms, got ${received.length}`);
  }
  return received;
}

export async function receiveOne(inbound: InboundTransport): Promise<MessageTransaction> {
  const [transaction] = await receive(inbound, 1);
  assert.ok(transaction);
  return transaction;
}

export function read(transaction: MessageTransaction): TransportMessage {
  const { message, broken } = transaction.read();
  assert.ok(message !== undefined, `the message is broken: ${broken?.problem}`);
  return message;
}

export function idsOf(transactions: readonly MessageTransaction[]): string[] {
  return transactions.map((transaction) => read(transaction).id);
}

/** Asserts that an endpoint has these figures, as soon as the backend can tell. */
export function figuresAre(
  transport: Transport,
  expected: { ready?: number; delayed?: number; inFlight?: number; dead?: number },
  endpoint = ENDPOINT,
): Promise<void> {
  return eventually(
    async () => {
      const { ready, delayed, inFlight, dead } = await transport.figures(endpoint);
      assert.deepEqual({ ready, delayed, inFlight, dead }, { ready: 0, delayed: 0, inFlight: 0, dead: 0, ...expected });
    },
    { timeoutMs: PATIENCE_MS },
  );
}
