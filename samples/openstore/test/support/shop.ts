import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { LocalEventStoreDb, LocalQueryStore, silentLogger, type Backend, type DomainContext } from '@ndomain/core';
import { startShop, type ShopOptions } from '../../src/configure.ts';
import { importOrders, type ImportResult } from '../../src/import/importer.ts';
import { OrderFile } from '../../src/import/order-file.ts';

/** Starts a shop that writes no log. */
export function quietShop(options: ShopOptions = {}): Promise<DomainContext> {
  return startShop({ logger: silentLogger, ...options });
}

/** A storage in memory that outlives the shop on it, as a database does. */
export function sharedStore(): Backend {
  return { name: 'shared', eventStore: new LocalEventStoreDb(), queries: new LocalQueryStore() };
}

/** Imports bytes, through a file as a user would; resolves also with what was reported as malformed. */
export async function importBytes(
  bytes: string | Uint8Array,
  { stock = 500, ...options }: ShopOptions & { readonly stock?: number } = {},
): Promise<ImportResult & { readonly reported: readonly string[] }> {
  const dir = await mkdtemp(path.join(tmpdir(), 'openstore-'));
  try {
    const file = path.join(dir, 'orders.csv');
    await writeFile(file, bytes);
    return await importFile(file, { stock, ...options });
  } finally {
    await rm(dir, { recursive: true });
  }
}

export async function importFile(
  file: string,
  { stock = 500, ...options }: ShopOptions & { readonly stock?: number } = {},
): Promise<ImportResult & { readonly reported: readonly string[] }> {
  const reported: string[] = [];
  await using context = await quietShop(options);
  const result = await importOrders(context, await OrderFile.open(file), {
    stock,
    onMalformed: (line, problem) => reported.push(`${line}: ${problem}`),
  });
  return { ...result, reported };
}
