import { DatabaseSync } from 'node:sqlite';
import { ConfigurationError } from '@ndomain/core';
import type { CheckedOptions } from '../sqlite-options.ts';
import { asOurs } from './sqlite-errors.ts';
import { APPLICATION_ID, MIGRATIONS, SCHEMA_VERSION } from './schema.ts';

/** How long opening waits for another process that is just making or migrating the file. */
const OPEN_TIMEOUT_MS = 10_000;
/** How long a statement waits for a lock while the event loop stands still; longer waits are done without blocking. */
const BLOCKING_WAIT_MS = 3;
const BYTES_PER_MIB = 1_048_576;
/** Pages of the log after which it is written back into the file, and bytes that it keeps afterwards. */
const CHECKPOINT_PAGES = 16_000;
const LOG_BYTES = 96 * BYTES_PER_MIB;

/**
 * Opens a file with this version's tables in it. Throws `ND_BACKEND_UNREACHABLE` for a path that cannot be opened, and
 * `ND_CONFIGURATION` for a file that is no database, that is read-only, that another program made, or that a newer version made.
 */
export function openConnection(options: CheckedOptions): DatabaseSync {
  const { path } = options;
  let connection: DatabaseSync | undefined;
  try {
    connection = new DatabaseSync(path, { timeout: OPEN_TIMEOUT_MS });
    connection.exec('PRAGMA journal_mode = WAL');
    configure(connection, options);
    migrate(connection, path);
    connection.exec(`PRAGMA busy_timeout = ${BLOCKING_WAIT_MS}`);
    return connection;
  } catch (error) {
    connection?.close();
    throw asOurs(error, path, OPEN_TIMEOUT_MS);
  }
}

function configure(connection: DatabaseSync, { durability, cacheMiB, maxFileMiB }: CheckedOptions): void {
  connection.exec(`PRAGMA synchronous = ${durability === 'full' ? 'FULL' : 'NORMAL'}`);
  connection.exec(`PRAGMA cache_size = ${-Math.round(cacheMiB * 1_024)}`);
  connection.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  connection.exec(`PRAGMA journal_size_limit = ${LOG_BYTES}`);
  if (maxFileMiB === Infinity) return;
  const pageSize = pragma(connection, 'page_size');
  connection.exec(`PRAGMA max_page_count = ${Math.floor((maxFileMiB * BYTES_PER_MIB) / pageSize)}`);
}

/** Brings the file to this version. Of several processes that open it at once one does, and the others find it done. */
function migrate(connection: DatabaseSync, path: string): void {
  if (versionOf(connection, path) === SCHEMA_VERSION) return;
  connection.exec('BEGIN IMMEDIATE');
  try {
    for (const migration of MIGRATIONS.slice(versionOf(connection, path))) connection.exec(migration);
    connection.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    connection.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
    connection.exec('COMMIT');
  } catch (error) {
    if (connection.isTransaction) connection.exec('ROLLBACK');
    throw error;
  }
}

function versionOf(connection: DatabaseSync, path: string): number {
  const version = pragma(connection, 'user_version');
  if (version !== 0 && pragma(connection, 'application_id') !== APPLICATION_ID) {
    throw new ConfigurationError(`"${path}" is the database of another program. Give the path of another file.`);
  }
  if (version > SCHEMA_VERSION) {
    throw new ConfigurationError(
      `"${path}" has version ${version} of the schema, and this version of @ndomain/sqlite knows those up to ` +
        `${SCHEMA_VERSION}. Install the version that made it, or a newer one.`,
    );
  }
  return version;
}

function pragma(connection: DatabaseSync, name: string): number {
  return Number(connection.prepare(`PRAGMA ${name}`).get()?.[name]);
}
