import {
  AzureConnection,
  AzureEventStoreDb,
  importFromNDomain,
  type AzureTable,
  type NDomainImport,
} from '@ndomain/azure';
import { beforeEach, describe, expect, inject, test } from 'vitest';
import { freshPrefix } from '../support/names.ts';

let connection: AzureConnection;
let original: AzureTable;
let db: AzureEventStoreDb;
beforeEach(async () => {
  connection = new AzureConnection(inject('azurite'));
  const prefix = freshPrefix();
  original = connection.table(`${prefix}Original`, 'fail');
  await original.create();
  db = new AzureEventStoreDb(connection, `${prefix}Events`);
});

const options = (): NDomainImport => ({
  // #region import
  from: connection,
  table: original.name,
  to: db,
  aggregateNameOf: (_id, eventNames) => (eventNames.has('SaleCreated') ? 'Sale' : undefined),
  // #endregion import
});

/** As the original wrote it: one row per event under its unpadded number, and `root`. */
async function writeOriginal(partitionKey: string, count: number, firstName = 'SaleCreated'): Promise<void> {
  for (let i = 1; i <= count; i++) {
    await original.client.createEntity({
      partitionKey,
      rowKey: String(i),
      DateUtc: new Date(Date.UTC(2014, 5, i)),
      Name: i === 1 ? firstName : 'OrderPlaced',
      Payload: JSON.stringify({ number: i, nested: { text: 'é' } }, null, 2),
    });
  }
  await original.client.createEntity({ partitionKey, rowKey: 'root', Version: count });
}

async function loaded(streamId: string): Promise<[number, string, unknown][]> {
  const { events } = await db.load(streamId, { from: 1, to: 1_000, limit: 1_000 });
  return events.map(({ sequenceId, name, payload }) => [sequenceId, name, payload]);
}

describe('the import of what NDomain for .NET wrote', () => {
  test('copies every stream in order, also beyond event 9, and changes nothing when it is run again', async () => {
    await writeOriginal('sale-1', 23);
    await writeOriginal('sale-2', 2);
    await writeOriginal('note-1', 3, 'NoteTaken');
    for (let i = 0; i < 2; i++) {
      expect(await importFromNDomain(options())).toEqual({ streams: 2, events: 25, leftOut: 1 });
    }
    expect(await loaded('Sale/sale-1')).toEqual(
      Array.from({ length: 23 }, (_, i) => [
        i + 1,
        i === 0 ? 'SaleCreated' : 'OrderPlaced',
        { number: i + 1, nested: { text: 'é' } },
      ]),
    );
    const { events } = await db.load('Sale/sale-2', { from: 2, to: 2, limit: 1 });
    expect(events[0]).toMatchObject({ aggregateId: 'sale-2', date: new Date(Date.UTC(2014, 5, 2)), revision: 1 });
    expect(await loaded('Note/note-1')).toEqual([]);
    expect(await db.findUncommitted({ olderThan: Date.now() + 60_000, limit: 10 })).toEqual([]);
  });

  test('leaves uncommitted what was not published there, so that it is published now', async () => {
    await writeOriginal('sale-1', 12);
    await original.client.createEntity({ partitionKey: 'sale-1', rowKey: 'uncommitted:tx-7', seqs: '10,11' });
    await importFromNDomain(options());
    await importFromNDomain(options());
    expect(await db.findUncommitted({ olderThan: Date.now() + 60_000, limit: 10 })).toMatchObject([
      { streamId: 'Sale/sale-1', transactionId: 'tx-7' },
    ]);
    expect((await db.loadUncommitted('Sale/sale-1', 'tx-7')).map(({ sequenceId }) => sequenceId)).toEqual([10, 11]);
    expect(await loaded('Sale/sale-1')).toHaveLength(12);
  });

  test('refuses a stream with a gap, or with another version than its root, naming it', async () => {
    await writeOriginal('sale-1', 12);
    await original.client.deleteEntity('sale-1', '10');
    await expect(importFromNDomain(options())).rejects.toThrow(
      'The stream "sale-1" cannot be imported: the event 10 is missing.',
    );
    await original.client.deleteEntity('sale-1', '11');
    await original.client.deleteEntity('sale-1', '12');
    await expect(importFromNDomain(options())).rejects.toThrow('its root says version 12, and there are 9 events');
    expect(await loaded('Sale/sale-1')).toEqual([]);
  });

  test('says when there is no such table', async () => {
    const importing = importFromNDomain({ ...options(), table: `${freshPrefix()}None` });
    await expect(importing).rejects.toMatchObject({ code: 'ND_CONFIGURATION' });
  });
});
