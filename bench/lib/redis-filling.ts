import type { DomainContext } from '@ndomain/core';
import type { Queue } from 'bullmq';
import type { AccountCommands } from './account.ts';
import { PAYLOAD, type Payload } from './payload.ts';

const BATCH = 1_000;

/** Fills a queue of ours; `payloadOf` makes the payload of each. */
export async function fillOurs(
  context: DomainContext,
  count: number,
  payloadOf: (index: number) => Payload = () => PAYLOAD,
): Promise<void> {
  const commands = context.commands<AccountCommands>();
  for (let sent = 0; sent < count; sent += BATCH) {
    const length = Math.min(BATCH, count - sent);
    await commands.sendAll(
      Array.from({ length }, (_, i) => ({ name: 'Deposit', payload: payloadOf(sent + i) }) as const),
    );
  }
}

export async function fillBull(
  queue: Queue<Payload>,
  count: number,
  payloadOf: (index: number) => Payload = () => PAYLOAD,
): Promise<void> {
  for (let sent = 0; sent < count; sent += BATCH) {
    const length = Math.min(BATCH, count - sent);
    await queue.addBulk(Array.from({ length }, (_, i) => ({ name: 'Deposit', data: payloadOf(sent + i) })));
  }
}
