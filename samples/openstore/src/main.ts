import { existsSync } from 'node:fs';
import path from 'node:path';
import { isNDomainError } from '@ndomain/core';
import { Command, InvalidArgumentError } from 'commander';
import { importCommand } from './import/import-command.ts';
import { serveCommand } from './serve-command.ts';
import { sharedBus, type SharedBus } from './shared-bus.ts';
import { storageAccount, type StorageAccount } from './storage-account.ts';
import type { StoreOptions } from './store-backend.ts';
import { UserError } from './user-error.ts';
import { workerCommand } from './worker-command.ts';

const DEFAULT_DB = './data/openstore.db';

const REDIS = "a Redis that the messages go over, such as redis://localhost:6379; 'spawn' starts one of its own";

const AZURE =
  "an Azure Storage account that everything is kept in, by its connection string; 'azurite' starts an emulator of one";

interface Store {
  readonly db: string;
  readonly memory: boolean;
  readonly redis?: string;
  readonly azure?: string;
}

const program = new Command('openstore').description('A shop built on @ndomain/core.');

program
  .command('serve')
  .description('serves the shop and its web page')
  .option('--host <address>', 'address to listen on', '127.0.0.1')
  .option('--port <number>', 'port to listen on', wholeNumber('3000', 0, 65_535), 3_000)
  .option('--concurrency <count>', 'messages handled at the same time', wholeNumber('64', 1, 10_000), 64)
  .option('--import <file>', 'an order history (CSV) to begin with')
  .option('--db <file>', 'the file that everything is kept in', DEFAULT_DB)
  .option('--memory', 'keep everything in this process alone', false)
  .option('--redis <url>', REDIS)
  .option('--azure <account>', AZURE)
  .action(
    async ({
      import: file,
      db,
      memory,
      redis,
      azure,
      ...options
    }: Store & { host: string; port: number; concurrency: number; import?: string }) => {
      await using account = await storageAccount(azure);
      await using bus = await sharedBus(redis);
      await serveCommand({
        ...options,
        ...storeOf({ db, memory }, account, bus),
        ...(file === undefined ? {} : { importFile: userPath(file) }),
      });
    },
  );

program
  .command('import')
  .description('imports an order history (CSV) through commands on the bus, and prints a summary')
  .argument('<file>', 'the CSV file')
  .option('--stock <units>', 'units that each sale begins with', wholeNumber('500', 0), 500)
  .option('--concurrency <count>', 'messages handled at the same time', wholeNumber('256', 1, 10_000), 256)
  .option('--json', 'print one JSON object instead of text', false)
  .option('--db <file>', 'the file that everything is kept in', DEFAULT_DB)
  .option('--memory', 'keep everything in this process alone', false)
  .option('--redis <url>', REDIS)
  .option('--azure <account>', AZURE)
  .action(
    async (
      file: string,
      { db, memory, redis, azure, ...options }: Store & { stock: number; concurrency: number; json: boolean },
    ) => {
      await using account = await storageAccount(azure);
      await using bus = await sharedBus(redis);
      await importCommand(userPath(file), { ...options, ...storeOf({ db, memory }, account, bus) });
    },
  );

program
  .command('worker')
  .description('shares the work of a shop that runs in other processes, on the same file and the same Redis')
  .requiredOption('--redis <url>', 'the Redis of the shop, such as redis://localhost:6379')
  .option('--db <file>', 'the file that the shop is kept in', DEFAULT_DB)
  .option('--concurrency <count>', 'messages handled at the same time', wholeNumber('64', 1, 10_000), 64)
  .action(({ redis, db, concurrency }: { redis: string; db: string; concurrency: number }) =>
    workerCommand({ db, redis, concurrency }),
  );

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof UserError) && !isNDomainError(error)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

function storeOf(
  { db, memory }: Pick<Store, 'db' | 'memory'>,
  { azure }: StorageAccount,
  { redis }: SharedBus,
): StoreOptions {
  const place = azure !== undefined ? { azure } : memory ? {} : { db };
  return { ...place, ...(redis === undefined ? {} : { redis }) };
}

function wholeNumber(example: string, least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
    const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    throw new InvalidArgumentError(`Expected a whole number ${range}, such as ${example}.`);
  };
}

/** npm runs scripts in the root of the repository, and says in INIT_CWD where its user stands. */
function userPath(file: string): string {
  const inUserDir = path.resolve(process.env['INIT_CWD'] ?? '.', file);
  return !existsSync(file) && existsSync(inUserDir) ? inUserDir : file;
}
