import { existsSync } from 'node:fs';
import path from 'node:path';
import { isNDomainError } from '@ndomain/core';
import { Command, InvalidArgumentError } from 'commander';
import { importCommand } from './import/import-command.ts';
import { serveCommand } from './serve-command.ts';
import type { StoreOptions } from './store-backend.ts';
import { UserError } from './user-error.ts';

const DEFAULT_DB = './data/openstore.db';

interface Store {
  readonly db: string;
  readonly memory: boolean;
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
  .action(
    ({
      import: file,
      db,
      memory,
      ...options
    }: Store & { host: string; port: number; concurrency: number; import?: string }) =>
      serveCommand({
        ...options,
        ...storeOf({ db, memory }),
        ...(file === undefined ? {} : { importFile: userPath(file) }),
      }),
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
  .action((file: string, { db, memory, ...options }: Store & { stock: number; concurrency: number; json: boolean }) =>
    importCommand(userPath(file), { ...options, ...storeOf({ db, memory }) }),
  );

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof UserError) && !isNDomainError(error)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

function storeOf({ db, memory }: Store): StoreOptions {
  return memory ? {} : { db };
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
