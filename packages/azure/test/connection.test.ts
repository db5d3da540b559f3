import { TableClient } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { AzureConnection, azureStorage, azureTableEvents } from '@ndomain/azure';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { freshPrefix } from './support/names.ts';
import { on, StorageProxy } from './support/storage-proxy.ts';

const AGAIN = ['table replace', 'queue put', 'blob put'];
let proxy: StorageProxy;
beforeAll(async () => {
  proxy = await StorageProxy.start(inject('azurite'));
});
beforeEach(() => proxy.reset());
afterAll(() => proxy[Symbol.asyncDispose]());

describe('a resource of an account', () => {
  test('is made before its first use, and once', async () => {
    const connection = new AzureConnection(proxy.connectionString);
    const prefix = freshPrefix();
    const table = connection.table(`${prefix}A`, 'fail');
    const queue = connection.queue(`${prefix}-a`, 'recreate');
    const container = connection.container(`${prefix}-a`, 'recreate');
    for (let i = 0; i < 3; i++) {
      await table.run('write', (client, options) =>
        client.upsertEntity({ partitionKey: 'p', rowKey: 'r', text: 'x' }, 'Replace', options),
      );
      await queue.run('send', (client, options) => client.sendMessage('x', options));
      await container.run('write', (client, options) => client.getBlockBlobClient('b').upload('x', 1, options));
    }
    expect(proxy.seen.map(({ service, operation }) => `${service} ${operation}`)).toEqual([
      'table createTable',
      'table replace',
      'queue createQueue',
      'queue put',
      'blob createContainer',
      'blob put',
      ...AGAIN,
      ...AGAIN,
    ]);
  });

  test('that another process made already is used', async () => {
    const name = `${freshPrefix()}A`;
    for (let i = 0; i < 2; i++) await new AzureConnection(proxy.connectionString).table(name, 'fail').create();
    expect(proxy.count('table', 'createTable')).toBe(2);
  });
});

describe('errors', () => {
  test('an answer of 503 with Retry-After is waited for', async () => {
    const table = new AzureConnection(proxy.connectionString).table(`${freshPrefix()}A`, 'fail');
    await table.create();
    proxy.reset();
    proxy.fail(on('table', 'insert'), { kind: 'answer', status: 503, code: 'ServerBusy', retryAfterS: 0 }, 3);
    await table.run('write', (client, options) => client.createEntity({ partitionKey: 'p', rowKey: 'r' }, options));
    expect(proxy.count('table', 'insert')).toBe(4);
  });

  test('a refused identity is an error of the configuration, and not tried again', async () => {
    const table = new AzureConnection(proxy.connectionString).table(`${freshPrefix()}A`, 'fail');
    proxy.fail(on('table', 'createTable'), { kind: 'answer', status: 403, code: 'AuthorizationPermissionMismatch' });
    await expect(table.create()).rejects.toMatchObject({
      code: 'ND_CONFIGURATION',
      message: expect.stringContaining('AuthorizationPermissionMismatch') as string,
    });
    expect(proxy.count()).toBe(1);
  });

  test('other refusals of the service stay what they are', async () => {
    const table = new AzureConnection(proxy.connectionString).table(`${freshPrefix()}A`, 'fail');
    const getting = table.run('read', (client, options) => client.getEntity('p', 'r', options));
    await expect(getting).rejects.toMatchObject({ statusCode: 404 });
  });

  test('a service that does not answer is unreachable after the deadline', async () => {
    const target = { connectionString: proxy.connectionString, operationTimeoutMs: 1_000 };
    proxy.fail(on('table', 'createTable'), { kind: 'hang' }, 9);
    await expect(new AzureConnection(target).table(`${freshPrefix()}A`, 'fail').create()).rejects.toMatchObject({
      code: 'ND_BACKEND_UNREACHABLE',
    });
  });
});

describe('an account', () => {
  test('may be given as clients that the program made, with retries of its own', async () => {
    const { connectionString } = proxy;
    const retryOptions = { maxRetries: 0 };
    const clients = {
      tables: (table: string) =>
        TableClient.fromConnectionString(connectionString, table, { allowInsecureConnection: true, retryOptions }),
      queues: QueueServiceClient.fromConnectionString(connectionString, { retryOptions: { maxTries: 1 } }),
      blobs: BlobServiceClient.fromConnectionString(connectionString, { retryOptions: { maxTries: 1 } }),
    };
    const table = new AzureConnection({ clients }).table(`${freshPrefix()}A`, 'fail');
    await table.create();
    proxy.fail(on('table', 'insert'), { kind: 'answer', status: 503, code: 'ServerBusy' });
    const write = (): Promise<unknown> =>
      table.run('write', (client, options) => client.createEntity({ partitionKey: 'p', rowKey: 'r' }, options));
    await expect(write()).rejects.toMatchObject({ code: 'ND_BACKEND_UNREACHABLE' });
    expect(proxy.count('table', 'insert')).toBe(1);
    await write();
  });

  test('is refused when it is none, or more than one, without telling its key', () => {
    const credential = { getToken: () => Promise.resolve(null) };
    const invalid = expect.objectContaining({ code: 'ND_INVALID_OPTION' }) as Error;
    expect(() => azureStorage('AKey=c2VjcmV0')).toThrow(invalid);
    expect(() => azureStorage('AKey=c2VjcmV0')).not.toThrow('c2VjcmV0');
    expect(() => azureStorage({})).toThrow(invalid);
    expect(() => azureStorage({ connectionString: proxy.connectionString, credential })).toThrow(invalid);
    expect(() => azureStorage({ account: 'Not An Account', credential })).toThrow('3 to 24 lower-case letters');
    expect(() => azureStorage({ account: 'shop', credential, prefix: 'Shop' })).toThrow('Expected prefix to be');
    expect(() => azureStorage({ account: 'shop', credential, operationTimeoutMs: 1 })).toThrow(invalid);
    expect(() => azureTableEvents(proxy.connectionString, { table: 'my-table' })).toThrow('3 to 63 letters and digits');
  });
});
