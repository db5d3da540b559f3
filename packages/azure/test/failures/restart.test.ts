import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AzureConnection, AzureEventStoreDb, AzureQueryStore, azureStorage } from '@ndomain/azure';
import { DomainContext, isNDomainError } from '@ndomain/core';
import { azuriteConnectionString, freePorts } from '@ndomain/testing/servers';
import { expect, test } from 'vitest';
import { startAzurite } from '../support/azurite.ts';
import { eventsAfter } from '../support/events.ts';

test('G12 a service that goes away and comes back: everything goes on, once, with no restart', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'ndomain-azurite-'));
  await using azurite = await startAzurite(folder);
  try {
    const connection = new AzureConnection(azurite.connectionString);
    const db = new AzureEventStoreDb(connection, 'shopEvents');
    const queries = new AzureQueryStore(connection, 'shop-queries');
    const committed: number[] = [];
    const write = async (): Promise<void> => {
      for (let version = 0; version < 60;) {
        try {
          await db.append('Sale/1', `t${version}`, version, eventsAfter(version, [version]));
          await db.commit('Sale/1', `t${version}`);
          await queries.set('Sale/1', version, version + 1, version);
          committed.push(version++);
        } catch (error) {
          if (!isNDomainError(error, 'ND_BACKEND_UNREACHABLE')) throw error;
        }
      }
    };
    const writing = write();
    await expect.poll(() => committed.length, { timeout: 30_000 }).toBeGreaterThan(20);
    // Not by SIGKILL: Azurite answers before it has written its files, which it does when it is asked to end.
    await azurite.kill('SIGTERM');
    await azurite.restart();
    await writing;
    const { events, version } = await db.load('Sale/1', { from: 1, to: 100, limit: 100 });
    expect(version).toBe(60);
    expect(events.map(({ payload }) => payload)).toEqual(Array.from({ length: 60 }, (_, i) => i));
    expect(await queries.get('Sale/1')).toEqual({ id: 'Sale/1', version: 60, data: 59 });
    expect(await db.findUncommitted({ olderThan: Date.now() + 60_000, limit: 10 })).toEqual([]);
  } finally {
    await azurite.kill();
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a service that is not there is an error within the stated time, that says where and what was tried', async () => {
  const [blob = 0, queue = 0, table = 0] = await freePorts(3);
  const connectionString = azuriteConnectionString({ blob, queue, table });
  const begunAt = performance.now();
  const starting = DomainContext.configure()
    .with(azureStorage({ connectionString, operationTimeoutMs: 10_000 }))
    .start();
  await expect(starting).rejects.toMatchObject({
    code: 'ND_BACKEND_UNREACHABLE',
    message: expect.stringMatching(
      /Azure Storage at http:\/\/127\.0\.0\.1:\d+\/devstoreaccount1\/.* could not be reached/,
    ) as string,
  });
  expect(performance.now() - begunAt).toBeLessThan(12_000);
});
