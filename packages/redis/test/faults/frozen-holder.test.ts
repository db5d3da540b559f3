import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { redis, RedisConnection, RedisLeases } from '@ndomain/redis';
import { eventually } from '@ndomain/testing';
import { afterEach, expect, test } from 'vitest';
import { ENDPOINT, startWork, type WorkCommands } from '../support/ordered-work.ts';
import { freshPrefix, startServer } from '../support/servers.ts';

const PROCESS = path.join(import.meta.dirname, '..', 'support', 'freezing-process.ts');
const KEY = { key: 'one' };
let stopProcess: (() => void) | undefined;

afterEach(() => stopProcess?.());

test('G5 a process that stood still between its handler and its acknowledgement is refused it, and another one does the work in order', async () => {
  await using server = await startServer();
  const prefix = freshPrefix();
  await using connection = new RedisConnection(server.url, { prefix });
  const leases = new RedisLeases(connection);
  const holders = async (): Promise<string[]> =>
    (await leases.list(`partition/${ENDPOINT}/`)).map(({ owner }) => owner);

  const child = spawn(process.execPath, [PROCESS, server.url, prefix], { stdio: ['ignore', 'pipe', 'inherit'] });
  stopProcess = () => child.kill('SIGKILL');
  const said: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => said.push(line));
  await eventually(async () => said.includes('ready') && (await holders()).length === 1, { timeoutMs: 20_000 });
  const [frozen] = await holders();

  const worked: number[] = [];
  const context = await startWork(redis(server.url, { prefix }), (number) => worked.push(number));
  const commands = context.commands<WorkCommands>();
  for (const number of [1, 2, 3]) await commands.send('Work', { number }, KEY);
  await eventually(() => said.length === 3);
  expect(said).toEqual(['ready', 'worked on 1', 'acknowledges']);

  await eventually(async () => {
    const [holder] = await holders();
    return holder !== undefined && holder !== frozen;
  });
  // What it has in hand is still leased to it: it is the partition alone that is lost.
  const { inFlight } = await context.figures(ENDPOINT);
  expect(inFlight).toBeGreaterThan(0);
  child.kill('SIGCONT');
  await eventually(() => said.length === 4);
  expect(said.at(-1)).toBe('was late and refused');
  expect(await context.figures(ENDPOINT)).toMatchObject({ ready: 3 - inFlight, inFlight });

  await eventually(() => worked.length === 3, { timeoutMs: 20_000 });
  expect(worked).toEqual([1, 2, 3]);
  await eventually(async () => (await context.figures(ENDPOINT)).inFlight === 0);
  expect(await context.figures(ENDPOINT)).toMatchObject({ ready: 0, delayed: 0, dead: 0 });
  expect(said.length).toBe(4);
  await context.stop();
}, 60_000);
