import { spawn, type ChildProcessByStdio } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { RedisConnection, RedisTransport } from '@ndomain/redis';
import { eventually, realTime } from '@ndomain/testing';
import { afterEach, expect, test } from 'vitest';
import { ENDPOINT, idOf, message, receive } from '../support/load.ts';
import { freshPrefix, startServer } from '../support/servers.ts';

const PROCESS = path.join(import.meta.dirname, '..', 'support', 'receiving-process.ts');
const COUNT = 200;
const LEASE_MS = 1_000;
const children: ChildProcessByStdio<Writable, Readable, null>[] = [];

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
});

interface Receiving {
  readonly child: ChildProcessByStdio<Writable, Readable, null>;
  /** The next line that the process says. */
  readonly says: () => Promise<string>;
}

function receivingProcess(url: string, prefix: string): Receiving {
  const args = [PROCESS, url, prefix, ENDPOINT, String(COUNT), String(LEASE_MS)];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { child, says: async () => String((await lines.next()).value) };
}

test('G7 what a process had in hand that was ended by SIGKILL comes back to another one, in order, counted, when its lease is over', async () => {
  await using server = await startServer();
  const prefix = freshPrefix();
  await using connection = new RedisConnection(server.url, { prefix });
  const transport = new RedisTransport(connection);
  const ids = Array.from({ length: COUNT }, (_, i) => String(i));
  await transport.send(ids.map((id) => message(id)));
  const { child, says } = receivingProcess(server.url, prefix);
  expect(await says()).toBe(`has ${COUNT}`);
  const leasedAt = Date.now();
  child.kill('SIGKILL');
  await transport.send([message('behind')]);
  const inbound = transport.receiver(ENDPOINT, { leaseMs: 60_000 });
  expect((await receive(inbound, 1)).map(idOf)).toEqual(['behind']);
  const back = await receive(inbound, COUNT);
  expect(Date.now() - leasedAt).toBeGreaterThanOrEqual(LEASE_MS - 200);
  expect(back.map(idOf)).toEqual(ids);
  expect(back.every(({ deliveryCount }) => deliveryCount === 2)).toBe(true);
  await inbound.close();
}, 30_000);

test('G7 a process that stood still for longer than its lease does no harm when it goes on: its commits are told that they are too late', async () => {
  await using server = await startServer();
  const prefix = freshPrefix();
  await using connection = new RedisConnection(server.url, { prefix });
  const transport = new RedisTransport(connection);
  await transport.send(Array.from({ length: COUNT }, (_, i) => message(String(i))));
  const { child, says } = receivingProcess(server.url, prefix);
  expect(await says()).toBe(`has ${COUNT}`);
  child.kill('SIGSTOP');
  await realTime().advance(LEASE_MS);
  const inbound = transport.receiver(ENDPOINT, { leaseMs: 60_000 });
  const half = await receive(inbound, COUNT / 2);
  child.kill('SIGCONT');
  child.stdin.write('go on\n');
  expect(await says()).toBe(`lost ${COUNT}`);
  expect(await transport.figures(ENDPOINT)).toMatchObject({ ready: COUNT / 2, inFlight: COUNT / 2 });
  for (const transaction of [...half, ...(await receive(inbound, COUNT / 2))]) await transaction.commit();
  await eventually(async () => expect(await transport.figures(ENDPOINT)).toMatchObject({ ready: 0, inFlight: 0 }));
  await inbound.close();
}, 30_000);
