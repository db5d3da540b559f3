import { AzureConnection, AzureLeases, AzureQueryStore } from '@ndomain/azure';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { HOUR_MS, SetClock } from './support/clocks.ts';
import { EventsTable, eventsAfter } from './support/events.ts';
import { freshPrefix } from './support/names.ts';
import { StorageProxy } from './support/storage-proxy.ts';

const STREAM = 'Sale/1';
let proxy: StorageProxy;
beforeAll(async () => {
  proxy = await StorageProxy.start(inject('azurite'));
});
beforeEach(() => proxy.reset());
afterAll(() => proxy[Symbol.asyncDispose]());

test('a machine that was suspended finds its lease over, at the first look', async () => {
  const clock = new SetClock();
  const leases = new AzureLeases(new AzureConnection(proxy.connectionString), `${freshPrefix()}Leases`, clock);
  const lease = await leases.acquire('recovery', 'one', 60_000);
  expect(await leases.list('')).toHaveLength(1);
  // Its own time of day went on, and the service's; what it measures passed time by stood still.
  clock.step(HOUR_MS);
  proxy.aheadMs = HOUR_MS;
  expect(lease !== undefined && (await leases.renew(lease, 60_000))).toBe(false);
  expect(await leases.list('')).toEqual([]);
  expect(await leases.acquire('recovery', 'one', 60_000)).toMatchObject({ fence: 2, wasAbandoned: true });
  expect(await leases.acquire('recovery', 'other', 60_000)).toBeUndefined();
});

describe.each([-HOUR_MS, HOUR_MS])('a clock that is set by %i ms', (stepMs) => {
  test('neither ends a lease nor prolongs it, whichever process it is of', async () => {
    const connection = new AzureConnection(proxy.connectionString);
    const table = `${freshPrefix()}Leases`;
    const clock = new SetClock();
    const [first, second] = [new AzureLeases(connection, table, clock), new AzureLeases(connection, table)];
    const begun = performance.now();
    const lease = await first.acquire('recovery', 'one', 2_000);
    clock.step(stepMs);
    expect(await second.acquire('recovery', 'other', 2_000)).toBeUndefined();
    expect(await first.acquire('recovery', 'one', 2_000)).toBeUndefined();
    expect(lease !== undefined && (await first.renew(lease, 2_000))).toBe(true);
    await expect.poll(() => second.acquire('recovery', 'other', 60_000), { timeout: 10_000 }).toBeDefined();
    expect(performance.now() - begun).toBeGreaterThanOrEqual(2_000);
    expect(performance.now() - begun).toBeLessThanOrEqual(6_000);
    clock.step(stepMs);
    expect(await first.acquire('recovery', 'one', 2_000)).toBeUndefined();
  });

  test('G13 neither ends the waiting for a version nor prolongs it', async () => {
    const clock = new SetClock();
    const queries = new AzureQueryStore(new AzureConnection(proxy.connectionString), `${freshPrefix()}-queries`, clock);
    await queries.set('Stock/1', 0, 1, 'a');
    const begun = performance.now();
    const waiting = queries.getOrWaitUntil('Stock/1', 2, 1_500);
    clock.step(stepMs);
    expect((await waiting).version).toBe(1);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(1_400);
    expect(performance.now() - begun).toBeLessThanOrEqual(5_000);
  });

  test('G1 before a process died makes what it left neither younger nor older to others', async () => {
    const table = new EventsTable(proxy);
    const clock = new SetClock();
    const dying = table.open(clock);
    clock.step(stepMs);
    const before = Date.now();
    await dying.append(STREAM, 't1', 0, eventsAfter(0, ['a']));
    const other = table.open();
    expect(await other.findUncommitted({ olderThan: before - 3_000, limit: 10 })).toEqual([]);
    const [found] = await other.findUncommitted({ olderThan: Date.now() + 3_000, limit: 10 });
    expect(found?.transactionId).toBe('t1');
    expect(Math.abs((found?.storedAt ?? 0) - before)).toBeLessThanOrEqual(3_000);
  });

  test('G1 of the process that recovers makes what others left neither younger nor older to it', async () => {
    const table = new EventsTable(proxy);
    await table.open().append(STREAM, 't1', 0, eventsAfter(0, ['a']));
    const clock = new SetClock();
    const recovering = table.open(clock);
    clock.step(stepMs);
    for (const streamId of [undefined, STREAM]) {
      expect(await recovering.findUncommitted({ olderThan: clock.now() - 5_000, limit: 10, streamId })).toEqual([]);
      const [found] = await recovering.findUncommitted({ olderThan: clock.now() + 3_000, limit: 10, streamId });
      // Told by the clock of whoever asked.
      expect(Math.abs((found?.storedAt ?? 0) - clock.now())).toBeLessThanOrEqual(5_000);
    }
  });
});
