import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { AzureConnection, AzureEventStoreDb } from '@ndomain/azure';
import { eventStoreSuite, realTime } from '@ndomain/testing';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { freshPrefix } from '../support/names.ts';
import { StorageProxy } from '../support/storage-proxy.ts';

let proxy: StorageProxy;
beforeAll(async () => {
  proxy = await StorageProxy.start(inject('azurite'));
});
afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  expect(proxy.violations).toEqual([]);
});

const tables = new WeakMap<object, string>();

eventStoreSuite(
  {
    name: 'AzureEventStoreDb',
    create: () => {
      const table = `${freshPrefix()}Events`;
      const open = (): AzureEventStoreDb => new AzureEventStoreDb(new AzureConnection(proxy.connectionString), table);
      const backend = { first: open(), second: open(), time: realTime() };
      tables.set(backend, table);
      return backend;
    },
    capabilities: { readAll: false, maxEventBytes: 1_100_000, maxAppendEvents: 1_000 },
    longestStream: 20_000,
    async corrupt(backend, streamId, version) {
      const table = new AzureConnection(proxy.connectionString).table(tables.get(backend) ?? '', 'fail');
      const key = streamId.replace('/', '.2F');
      const row = await table.client.getEntity(key, 'h');
      const lines = inflateRawSync(row['Events0'] as Uint8Array)
        .toString()
        .split('\n');
      lines[version - 1] = `${lines[version - 1]?.split('\t')[0]}\tnonsense`;
      const changed = { partitionKey: key, rowKey: 'h', Events0: deflateRawSync(lines.join('\n')) };
      await table.client.updateEntity(changed, 'Merge');
    },
  },
  { describe, it },
);
