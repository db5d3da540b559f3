/* oxlint-disable no-console */
/*
 * How fast messages go through Azurite, beside what the SDK's own client does with as many requests at once in the same run:
 * `node measure/queues.ts`, in this package. Each figure is the median of five rounds. Azurite is not Azure: it is one process, and near.
 */
import { QueueServiceClient } from '@azure/storage-queue';
import { newId, type MessageTransaction, type TransportMessage } from '@ndomain/core';
import { AzureConnection, AzureQueueTransport } from '@ndomain/azure';
import { Azurite } from '@ndomain/testing/servers';

const MESSAGES = 960;
const AT_ONCE = 32;
const ROUNDS = 5;
/** About 120 bytes as JSON. */
const PAYLOAD = { accountId: 'account-1234', amount: 250, note: 'WHITE HANGING HEART T-LIGHT HOLDER' };
const NEVER = new AbortController().signal;

await using azurite = await Azurite.start({ from: import.meta.url });
const perSecond = (since: number): number => (MESSAGES * 1_000) / (performance.now() - since);
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

function messages(endpoint: string, partition?: number): TransportMessage[] {
  return Array.from({ length: MESSAGES }, () => ({
    id: newId(),
    name: 'Deposit',
    payload: PAYLOAD,
    headers: {},
    endpoint,
    component: 'Accounts',
    partition,
  }));
}

/** Runs all works, so many at once. */
async function atOnce(works: readonly (() => Promise<unknown>)[]): Promise<void> {
  const left = [...works];
  const run = async (): Promise<void> => {
    for (let work = left.pop(); work !== undefined; work = left.pop()) await work();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, run));
}

async function plain(): Promise<[send: number, receive: number]> {
  const queue = QueueServiceClient.fromConnectionString(azurite.connectionString).getQueueClient('plain');
  await queue.createIfNotExists();
  const text = Buffer.from(JSON.stringify(PAYLOAD)).toString('base64');
  const sending = performance.now();
  await atOnce(Array.from({ length: MESSAGES }, () => () => queue.sendMessage(text, { messageTimeToLive: -1 })));
  const sent = perSecond(sending);
  const receiving = performance.now();
  for (let done = 0; done < MESSAGES;) {
    const { receivedMessageItems: items } = await queue.receiveMessages({ numberOfMessages: 32 });
    await atOnce(items.map((item) => () => queue.deleteMessage(item.messageId, item.popReceipt)));
    done += items.length;
  }
  return [sent, perSecond(receiving)];
}

async function ours(partition?: number): Promise<[send: number, receive: number]> {
  await using transport = new AzureQueueTransport(new AzureConnection(azurite.connectionString));
  await transport.figures('accounts');
  const sending = performance.now();
  await transport.send(messages('accounts', partition));
  const sent = perSecond(sending);
  const inbound = transport.receiver('accounts', { leaseMs: 60_000, partition });
  const receiving = performance.now();
  for (let done = 0; done < MESSAGES;) {
    const received: readonly MessageTransaction[] = await inbound.receive(AT_ONCE, NEVER);
    await Promise.all(received.map(async (transaction) => transaction.commit()));
    done += received.length;
  }
  return [sent, perSecond(receiving)];
}

const runs = [
  { name: 'the SDK alone', run: plain },
  { name: 'a queue', run: () => ours() },
  { name: 'a partition', run: () => ours(0) },
].map((one) => ({ ...one, sent: [] as number[], done: [] as number[] }));
// In turns, so that what else the machine does hits all of them.
for (let i = 0; i < ROUNDS; i++) {
  for (const { run, sent, done } of runs) {
    const [send, receive] = await run();
    sent.push(send);
    done.push(receive);
  }
}
for (const { name, sent, done } of runs) {
  const figures = [median(sent), median(done)].map((figure) => Math.round(figure));
  console.log(`${name.padEnd(14)} sent ${figures[0]}/s   received and acknowledged ${figures[1]}/s`);
}
