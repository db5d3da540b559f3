/**
 * A process that receives so many messages, says so, and keeps them until it is told to go on: `node receiving-process.ts URL PREFIX ENDPOINT COUNT LEASE_MS`.
 * Then it commits them, and says what came of it.
 */
import { createInterface } from 'node:readline';
import { isNDomainError, type MessageTransaction } from '@ndomain/core';
import { RedisConnection, RedisTransport } from '@ndomain/redis';

const [, , url = '', prefix = '', endpoint = '', count = '1', leaseMs = '1000'] = process.argv;
await using connection = new RedisConnection(url, { prefix });
const inbound = new RedisTransport(connection).receiver(endpoint, { leaseMs: Number(leaseMs) });
const received: MessageTransaction[] = [];
while (received.length < Number(count)) {
  received.push(...(await inbound.receive(Number(count) - received.length, new AbortController().signal)));
}
process.stdout.write(`has ${received.length}\n`);
for await (const _ of createInterface({ input: process.stdin })) {
  const outcomes = await Promise.allSettled(received.map(async (transaction) => transaction.commit()));
  const lost = outcomes.filter((each) => each.status === 'rejected' && isNDomainError(each.reason, 'ND_LEASE_LOST'));
  process.stdout.write(`lost ${lost.length}\n`);
  process.exit();
}
