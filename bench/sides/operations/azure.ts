import { azureQueues, azureTableEvents } from '@ndomain/azure';
import {
  DomainContext,
  newId,
  silentLogger,
  systemClock,
  type MessageTransaction,
  type TransportMessage,
} from '@ndomain/core';
import { startAzurite } from '../../../packages/azure/test/support/azurite.ts';
// The proxy of the adapter's own tests: it counts what goes over the wire, retries included.
import { StorageProxy } from '../../../packages/azure/test/support/storage-proxy.ts';
import { Account } from '../../lib/account.ts';
import { numberOf } from '../../lib/parameters.ts';
import { PAYLOAD } from '../../lib/payload.ts';
import type { Outcome, Parameters } from '../../lib/scenario.ts';

const ENDPOINT = 'accounts';

export async function run(parameters: Parameters): Promise<Outcome> {
  await using azurite = await startAzurite();
  await using proxy = await StorageProxy.start(azurite.connectionString);
  const [command, balance] = await operationsOfCommands(proxy, numberOf(parameters, 'updates'));
  const [message, received] = await operationsOfMessages(proxy, numberOf(parameters, 'messages'));
  return {
    values: { 'a command': command, 'a message': message },
    proof: {
      balance: [balance, (numberOf(parameters, 'updates') + 1) * PAYLOAD.amount],
      'messages received': [received, numberOf(parameters, 'messages')],
      'limits of the service that were broken': [proxy.violations.length, 0],
    },
  };
}

async function operationsOfCommands(
  proxy: StorageProxy,
  updates: number,
): Promise<[operations: number, balance: number]> {
  await using context = await DomainContext.configure()
    .logging((c) => c.logger(silentLogger))
    .eventSourcing((c) => c.bind(Account).store(azureTableEvents(proxy.connectionString, { table: 'benchEvents' })))
    .start();
  const accounts = context.repository(Account);
  const deposit = (account: Account): void => account.deposit(PAYLOAD.amount, PAYLOAD.note, PAYLOAD.at);
  await accounts.createOrUpdate('1', deposit);
  proxy.reset();
  for (let i = 0; i < updates; i++) await accounts.update('1', deposit);
  // Recovery looks at its index every now and then, however little is done.
  const operations = proxy.seen.filter(
    ({ service, url }) => service === 'table' && !url.search.includes('dirty'),
  ).length;
  return [operations / updates, (await accounts.find('1')).balance];
}

async function operationsOfMessages(
  proxy: StorageProxy,
  count: number,
): Promise<[operations: number, received: number]> {
  const make = azureQueues(proxy.connectionString, { prefix: 'bench' });
  if (typeof make !== 'function') throw new Error('azureQueues() gives how to make a transport');
  await using transport = make({ clock: systemClock, logger: silentLogger });
  const messages = Array.from({ length: count }, (): TransportMessage => {
    const message = { id: newId(), name: 'Deposit', payload: PAYLOAD, headers: {}, endpoint: ENDPOINT };
    return { ...message, component: 'Deposit', partition: undefined, deliverAt: undefined };
  });
  const inbound = transport.receiver(ENDPOINT, { leaseMs: 60_000 });
  // Makes the queue.
  await transport.send(messages.slice(0, 1));
  for (const transaction of await inbound.receive(1, new AbortController().signal)) await transaction.commit();
  proxy.reset();
  await transport.send(messages);
  const received: MessageTransaction[] = [];
  while (received.length < count)
    received.push(...(await inbound.receive(count - received.length, new AbortController().signal)));
  await Promise.all(received.map(async (transaction) => transaction.commit()));
  const operations = proxy.count('queue');
  await inbound.close();
  return [operations / count, new Set(received.map((transaction) => transaction.read().message?.id)).size];
}
