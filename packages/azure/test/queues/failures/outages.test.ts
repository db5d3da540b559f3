import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DomainContext, LocalLeases, silentLogger } from '@ndomain/core';
import { AzureConnection, azureQueues } from '@ndomain/azure';
import { eventually } from '@ndomain/testing';
import { describe, expect, inject, test } from 'vitest';
import { startAzurite } from '../../support/azurite.ts';
import { freshPrefix } from '../../support/names.ts';
import { on } from '../../support/storage-proxy.ts';
import { ENDPOINT, idsOf, LEASE_MS, message, takeOne } from '../messages.ts';
import { Proxied } from '../proxied.ts';

describe('a service that is busy', () => {
  test.each([
    [503, 'ServerBusy'],
    [500, 'OperationTimedOut'],
    [429, 'TooManyRequests'],
  ])('%i is waited for, as long as it says', async (status, code) => {
    await using at = await Proxied.start(inject('azurite'));
    await at.warmUp(ENDPOINT);
    const busy = { kind: 'answer', status, code, retryAfterS: 1 } as const;
    for (const operation of ['put', 'receive', 'update', 'delete']) at.proxy.fail(on('queue', operation), busy);
    const begun = performance.now();
    await at.transport.send([message('1')]);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(1_000);
    const transaction = await takeOne(at.transport.receiver(ENDPOINT, { leaseMs: LEASE_MS }));
    await transaction.extend(LEASE_MS);
    await transaction.commit();
    expect(performance.now() - begun).toBeGreaterThanOrEqual(4_000);
    expect(at.proxy.count('queue')).toBe(8);
    expect(await at.transport.figures(ENDPOINT)).toMatchObject({ ready: 0, inFlight: 0 });
  });

  test('one that stays so is unreachable, and nothing of the call is sent', async () => {
    await using at = await Proxied.start(inject('azurite'));
    await at.warmUp(ENDPOINT);
    at.proxy.fail(on('queue', 'put'), { kind: 'answer', status: 503, code: 'ServerBusy' }, 5);
    await expect(at.transport.send([message('1')])).rejects.toMatchObject({
      code: 'ND_BACKEND_UNREACHABLE',
      message: expect.stringMatching(/within \d{4} ms/) as string,
    });
    expect(await at.transport.figures(ENDPOINT)).toMatchObject({ ready: 0, inFlight: 0 });
  });

  test('a stop does not wait for one that does not answer', async () => {
    await using at = await Proxied.start(inject('azurite'));
    await at.warmUp(ENDPOINT);
    at.proxy.fail(on('queue', 'receive'), { kind: 'hang' });
    const stop = new AbortController();
    const inbound = at.transport.receiver('mail', { leaseMs: LEASE_MS });
    const waiting = inbound.receive(1, stop.signal);
    await eventually(() => at.proxy.count('queue', 'receive') === 1);
    const begun = performance.now();
    stop.abort();
    expect(await waiting).toEqual([]);
    expect(performance.now() - begun).toBeLessThan(500);
    await inbound.close();
    expect(performance.now() - begun).toBeLessThan(5_000);
    at.proxy.reset();
    await at.transport.send([message('1')]);
    expect(idsOf([await takeOne(at.transport.receiver(ENDPOINT, { leaseMs: LEASE_MS }))])).toEqual(['1']);
  });

  test('G5 a receiver of a partition that has no answer says so when it is stopped: messages may be leased', async () => {
    await using at = await Proxied.start(inject('azurite'));
    await at.transport.send([message('1', { partition: 0 })]);
    at.proxy.fail(on('table', 'transaction'), { kind: 'hang' });
    const stop = new AbortController();
    const waiting = at.transport.receiver(ENDPOINT, { leaseMs: LEASE_MS, partition: 0 }).receive(1, stop.signal);
    await eventually(() => at.proxy.count('table', 'transaction') === 2);
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'ND_BACKEND_UNREACHABLE' });
  });
});

describe('G12 a service that goes away and comes back', () => {
  test.each([false, true])(
    'is waited for: nothing is lost, in order where that is asked for (%s)',
    async (ordered) => {
      const folder = mkdtempSync(path.join(tmpdir(), 'ndomain-azure-'));
      await using azurite = await startAzurite(folder);
      const connection = new AzureConnection(azurite.connectionString);
      const prefix = freshPrefix();
      const handled: number[] = [];
      const context = await DomainContext.configure()
        .logging((c) => c.logger(silentLogger))
        .bus((c) => {
          c.transport(azureQueues(connection, { prefix })).withProcessor((p) => {
            p.endpoint(ENDPOINT).lease(1_000);
            if (ordered) p.ordered({ partitions: 2 });
            p.commands<{ Count: { i: number } }>().handle('Count', ({ i }) => {
              handled.push(i);
            });
          });
        })
        .start();
      try {
        const commands = context.commands<{ Count: { i: number } }>();
        const send = async (i: number): Promise<void> => {
          await commands.send('Count', { i }, { key: 'one', id: `count-${i}` });
        };
        for (let i = 0; i < 20; i++) await send(i);
        // What Azurite has not yet written to its files it forgets when it is killed: there is to be nothing.
        await eventually(() => new Set(handled).size === 20, { timeoutMs: 30_000 });
        await azurite.kill();
        // Sent while it is away: the send waits for it, and is tried again when that was too long.
        const sending = eventually(
          async () => {
            await send(20);
            return true;
          },
          { timeoutMs: 30_000 },
        );
        await azurite.restart();
        await sending;
        for (let i = 21; i < 40; i++) await send(i);
        const all = Array.from({ length: 40 }, (_, i) => i);
        await eventually(() => new Set(handled).size === 40, { timeoutMs: 30_000 });
        const once = [...new Set(handled)];
        expect(ordered ? once : once.toSorted((a, b) => a - b)).toEqual(all);
      } finally {
        await context[Symbol.asyncDispose]();
        rmSync(folder, { recursive: true, force: true });
      }
    },
    60_000,
  );
});

test('G5 an ordered endpoint handles the messages of a key in order, while two processes share its partitions', async () => {
  const connection = new AzureConnection(inject('azurite'));
  const prefix = freshPrefix();
  const leases = new LocalLeases();
  const handled = new Map<string, number[]>();
  const workers = new Set<number>();
  const start = (worker: number): Promise<DomainContext> =>
    DomainContext.configure()
      .logging((c) => c.logger(silentLogger))
      .bus((c) => {
        c.transport(azureQueues(connection, { prefix })).leases(leases);
        c.withProcessor((p) => {
          p.endpoint(ENDPOINT).lease(2_000).ordered({ partitions: 4, partitionLeaseMs: 1_000 });
          p.commands<{ Count: { key: string; i: number } }>().handle('Count', ({ key, i }) => {
            workers.add(worker);
            handled.set(key, [...(handled.get(key) ?? []), i]);
          });
        });
      })
      .start();
  await using first = await start(1);
  await using _second = await start(2);
  const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  const commands = first.commands<{ Count: { key: string; i: number } }>();
  const count = (): number => [...handled.values()].reduce((sum, { length }) => sum + length, 0);
  for (let i = 0; i < 40; i++) {
    await Promise.all(keys.map((key) => commands.send('Count', { key, i }, { key })));
  }
  await eventually(() => count() >= 320, { timeoutMs: 30_000 });
  for (const key of keys) expect(handled.get(key)).toEqual(Array.from({ length: 40 }, (_, i) => i));
  expect(workers.size).toBe(2);
}, 60_000);
