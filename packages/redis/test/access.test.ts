import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { inspect } from 'node:util';
import { redis, RedisConnection, RedisEventStoreDb } from '@ndomain/redis';
import { DomainContext } from '@ndomain/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RedisServer } from '@ndomain/testing/servers';
import { documentedRules, grantAccess, USER } from './support/access.ts';
import { append } from './support/events.ts';
import { startServer } from './support/servers.ts';

const SOURCES = path.resolve(import.meta.dirname, '../src');
/** What ioredis sends by itself. */
const OF_IOREDIS = ['info', 'cluster|slots', 'cluster|info'];

// That these rights are enough is proven by the contract suites, which run as this user.
describe('the rights that the guide lists', () => {
  test('are each needed', () => {
    const sources = globSync('**/*.ts', { cwd: SOURCES })
      .map((file) => readFileSync(path.join(SOURCES, file), 'utf8').toLowerCase())
      .join('\n');
    const granted = documentedRules()
      .flat()
      .filter((rule) => rule.startsWith('+'))
      .map((rule) => rule.slice(1));
    expect(granted.length).toBeGreaterThan(40);
    for (const command of granted) {
      const isUsed =
        OF_IOREDIS.includes(command) || sources.includes(`'${command}'`) || sources.includes(`.${command}(`);
      expect(isUsed, command).toBe(true);
    }
  });
});

describe('a user', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startServer();
    await grantAccess(server.url);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const address = (): { host: string; port: number } => ({ host: server.host, port: server.port });

  test('with a wrong password is told at once, at start, and the password is nowhere in the error', async () => {
    const starting = DomainContext.configure()
      .with(redis({ ...address(), username: USER.username, password: 'hunter2' }))
      .start();
    await expect(starting).rejects.toMatchObject({ code: 'ND_CONFIGURATION' });
    await expect(starting).rejects.toThrow(/^Redis at 127\.0\.0\.1:\d+ refuses access \(WRONGPASS /);
    const error: unknown = await starting.catch((thrown: unknown) => thrown);
    // As a logger shows it, with everything that hangs on it.
    expect(inspect(error, { depth: 10 })).not.toContain('hunter2');
  });

  test('who may not touch the keys of a prefix is told which right is missing', async () => {
    await using connection = new RedisConnection({ ...address(), ...USER }, { prefix: 'elsewhere' });
    const appending = append(new RedisEventStoreDb(connection), 1);
    await expect(appending).rejects.toMatchObject({ code: 'ND_CONFIGURATION' });
    await expect(appending).rejects.toThrow('refuses access (NOPERM');
  });
});
