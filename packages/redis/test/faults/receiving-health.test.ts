import {
  DomainContext,
  isNDomainError,
  silentLogger,
  sleep,
  systemClock,
  type HealthState,
  type PartHealth,
} from '@ndomain/core';
import { redis, RedisConnection, RedisTransport, type RedisGiven } from '@ndomain/redis';
import { eventually } from '@ndomain/testing';
import { Cluster, Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';
import { grantAccess, USER } from '../support/access.ts';
import type { AccountCommands } from '../support/bank.ts';
import { ENDPOINT, idOf, message } from '../support/load.ts';
import { freshPrefix, startCluster, startServer } from '../support/servers.ts';

/** In what time it is told that the server is away, and that it is back: its connections pause for up to five seconds. */
const TOLD_WITHIN_MS = 2_000;
const BACK_WITHIN_MS = 7_000;

/** What receivers that wait have told, each by its name. */
class Told {
  readonly all: (readonly [who: string, problem: unknown])[] = [];
  readonly #stop = new AbortController();
  readonly #receiving: Promise<unknown>[] = [];
  readonly handled: string[] = [];
  failures = 0;

  /** Receives, and tries again, as a worker does. */
  receive(transport: RedisTransport, who: string, partition?: number): void {
    const onReceiving = (problem: unknown): void => void this.all.push([who, problem]);
    const inbound = transport.receiver(ENDPOINT, { leaseMs: 60_000, partition, onReceiving });
    const run = async (): Promise<void> => {
      const { signal } = this.#stop;
      while (!signal.aborted) {
        try {
          for (const transaction of await inbound.receive(10, signal)) {
            this.handled.push(idOf(transaction));
            await transaction.commit();
          }
        } catch {
          this.failures++;
          await sleep(systemClock, 100);
        }
      }
      await inbound.close();
    };
    this.#receiving.push(run());
  }

  of(who: string): unknown[] {
    return this.all.filter(([each]) => each === who).map(([, problem]) => problem);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#receiving);
  }
}

const isWorking = (problem: unknown): boolean => problem === undefined;
const isUnreachable = (problem: unknown): boolean => isNDomainError(problem, 'ND_BACKEND_UNREACHABLE');

describe('receivers that wait, while nothing comes', () => {
  test('G12 tell at once that the server went away, and soon that it is back, each once, on partitions too', async () => {
    await using server = await startServer();
    await using connection = new RedisConnection(server.url);
    const transport = new RedisTransport(connection);
    const told = new Told();
    const names = ['none', '0', '1'];
    for (const name of names) told.receive(transport, name, name === 'none' ? undefined : Number(name));
    await eventually(() => told.all.length === names.length);
    expect(told.all.every(([, problem]) => isWorking(problem))).toBe(true);
    for (let outage = 1; outage <= 2; outage++) {
      await server.kill();
      await eventually(() => names.every((name) => told.of(name).length === 2 * outage), { timeoutMs: TOLD_WITHIN_MS });
      for (const name of names) expect(told.of(name).at(-1)).toSatisfy(isUnreachable);
      await server.resume();
      await eventually(() => names.every((name) => told.of(name).length === 2 * outage + 1), {
        timeoutMs: BACK_WITHIN_MS,
      });
      for (const name of names) expect(told.of(name).at(-1)).toBeUndefined();
    }
    await transport.send(names.map((id) => message(id, { partition: id === 'none' ? undefined : Number(id) })));
    await eventually(() => told.handled.length === names.length);
    expect(told.all.length).toBe(names.length * 5);
    await told.stop();
  }, 60_000);

  test('G12 tell so also when the server is away for longer than an operation waits', async () => {
    await using server = await startServer();
    await using connection = new RedisConnection(server.url, { unreachableAfterMs: 500 });
    const told = new Told();
    told.receive(new RedisTransport(connection), 'one');
    await eventually(() => told.all.length === 1);
    await server.kill();
    await eventually(() => told.all.length === 2, { timeoutMs: TOLD_WITHIN_MS });
    await eventually(() => told.failures >= 3, { timeoutMs: 20_000 });
    expect(told.all.length).toBe(2);
    await server.resume();
    await eventually(() => told.all.length === 3, { timeoutMs: BACK_WITHIN_MS });
    expect(told.of('one').map(isWorking)).toEqual([true, false, true]);
    await told.stop();
  }, 60_000);

  test('G12 tell so on a cluster of which the node of their endpoint went away', async () => {
    await using cluster = await startCluster();
    const given = new Cluster(cluster.nodes, { lazyConnect: true });
    await using connection = new RedisConnection(given);
    const told = new Told();
    told.receive(new RedisTransport(connection), 'one');
    told.receive(new RedisTransport(connection), 'two', 5);
    await eventually(() => told.all.length === 2);
    const [first] = cluster.masters;
    const admin = new Redis(first?.port ?? 0, first?.host ?? '');
    const slot = await admin.call('cluster', ['keyslot', connection.keys.endpoint(ENDPOINT).counters]);
    admin.disconnect();
    const node = cluster.masters[Math.floor((Number(slot) * cluster.masters.length) / 16_384)];
    await node?.kill();
    await eventually(() => told.all.length === 4, { timeoutMs: TOLD_WITHIN_MS });
    await node?.resume();
    // The nodes agree on it first.
    await eventually(() => told.all.length === 6, { timeoutMs: BACK_WITHIN_MS + 5_000 });
    for (const name of ['one', 'two']) expect(told.of(name).map(isWorking)).toEqual([true, false, true]);
    await told.stop();
    given.disconnect();
  }, 60_000);

  test('tell of a server that is not there when they begin', async () => {
    await using server = await startServer();
    await server.kill();
    await using connection = new RedisConnection(server.url);
    const told = new Told();
    told.receive(new RedisTransport(connection), 'one');
    await eventually(() => told.all.length === 1, { timeoutMs: TOLD_WITHIN_MS });
    expect(told.of('one')[0]).toSatisfy(isUnreachable);
    await server.resume();
    await eventually(() => told.all.length === 2, { timeoutMs: BACK_WITHIN_MS });
    expect(told.of('one')[1]).toBeUndefined();
    await told.stop();
  }, 60_000);

  test('tell that what is sent cannot be heard, as long as that is so', async () => {
    await using server = await startServer();
    await grantAccess(server.url);
    const admin = new Redis(server.url);
    const at = { host: server.host, port: server.port, ...USER };
    await using connection = new RedisConnection(at, { prefix: freshPrefix() });
    await connection.open();
    await admin.call('acl', 'SETUSER', USER.username, '-xread');
    const told = new Told();
    told.receive(new RedisTransport(connection), 'one');
    await eventually(() => told.all.length === 2);
    expect(told.of('one')[1]).toMatchObject({ code: 'ND_CONFIGURATION' });
    const refusals = async (): Promise<number> =>
      Number(/cmdstat_xread:.*rejected_calls=(\d+)/.exec(await admin.info('commandstats'))?.[1]);
    await eventually(async () => (await refusals()) >= 3);
    expect(told.all.length).toBe(2);
    await admin.call('acl', 'SETUSER', USER.username, '+xread');
    await eventually(() => told.all.length === 3, { timeoutMs: BACK_WITHIN_MS });
    expect(told.of('one')[2]).toBeUndefined();
    await told.stop();
    admin.disconnect();
  }, 60_000);
});

describe('the health of an endpoint that has nothing to do', () => {
  async function idleContext(given: RedisGiven, unreachableAfterMs?: number): Promise<DomainContext> {
    return DomainContext.configure()
      .with(redis(given, { prefix: freshPrefix(), unreachableAfterMs }))
      .logging((c) => c.logger(silentLogger))
      .eventSourcing((c) => c.recovery({ everyMs: 500 }))
      .bus((c) =>
        c
          .withProcessor((p) =>
            p
              .endpoint('plain')
              .commands<AccountCommands>()
              .handle('Deposit', () => undefined),
          )
          .withProcessor((p) => {
            p.endpoint('ordered').ordered({ partitions: 4, partitionLeaseMs: 3_000 });
            p.events<{ Deposited: { amount: number } }>().handle('Deposited', () => undefined);
          }),
      )
      .start();
  }

  const endpoints = (context: DomainContext): PartHealth[] =>
    context.health().parts.filter(({ part }) => part.startsWith('endpoint '));
  const are = (context: DomainContext, state: HealthState, timeoutMs: number): Promise<true> =>
    eventually(() => endpoints(context).every((part) => part.state === state) || false, { timeoutMs });

  test('G12 is healthy once it is listened to, failing while the server is away, and healthy when it is back', async () => {
    await using server = await startServer();
    const context = await idleContext(server.url);
    await are(context, 'healthy', TOLD_WITHIN_MS);
    for (let outage = 0; outage < 2; outage++) {
      await server.kill();
      await are(context, 'failing', TOLD_WITHIN_MS);
      for (const { lastError } of endpoints(context)) expect(lastError?.message).toContain('could not be reached');
      await server.resume();
      await are(context, 'healthy', BACK_WITHIN_MS);
    }
    await context.stop();
  }, 60_000);

  test('G12 is failing while the server hangs, as soon as something else in the process notices, and healthy when it goes on', async () => {
    await using server = await startServer();
    const context = await idleContext(server.url, 2_000);
    await are(context, 'healthy', TOLD_WITHIN_MS);
    server.signal('SIGSTOP');
    // The recovery asks every half second, and waits for a second.
    await are(context, 'failing', 1_500 + TOLD_WITHIN_MS);
    server.signal('SIGCONT');
    await are(context, 'healthy', BACK_WITHIN_MS);
    await context.stop();
  }, 60_000);

  test('G12 is failing while the server refuses access, says why, and is healthy when it grants it again', async () => {
    await using server = await startServer();
    await grantAccess(server.url);
    const admin = new Redis(server.url);
    const context = await idleContext({ host: server.host, port: server.port, ...USER });
    await are(context, 'healthy', TOLD_WITHIN_MS);
    await admin.call('acl', 'DELUSER', USER.username);
    await are(context, 'failing', TOLD_WITHIN_MS);
    await eventually(() => {
      for (const { lastError } of endpoints(context)) expect(lastError?.message).toContain('refuses access');
    });
    await grantAccess(server.url);
    await are(context, 'healthy', BACK_WITHIN_MS);
    await context.stop();
    admin.disconnect();
  }, 60_000);
});
