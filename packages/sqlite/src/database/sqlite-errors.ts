import { BackendUnreachableError, ConfigurationError, isNDomainError, StorageFullError } from '@ndomain/core';

/** Primary result codes of SQLite: https://www.sqlite.org/rescode.html */
const BUSY = 5;
const READONLY = 8;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;

/** The primary result code of an error of SQLite; the extended ones keep it in their lowest byte. */
function resultCodeOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  return error.errcode & 0xff;
}

/** Whether somebody else is writing, or has written since the transaction began. The transaction may be tried again as a whole. */
export function isBusy(error: unknown): boolean {
  return resultCodeOf(error) === BUSY;
}

/** An error of SQLite as one of ours, which says what to do. Others stay as they are. */
export function asOurs(error: unknown, path: string, waitedMs = 0): unknown {
  if (isNDomainError(error)) return error;
  switch (resultCodeOf(error)) {
    case BUSY:
    case CANTOPEN:
      return new BackendUnreachableError('SQLite', path, waitedMs, error);
    case READONLY:
      return new ConfigurationError(
        `"${path}" cannot be written to. Give this user the right to write to the file and to its folder, ` +
          'where SQLite keeps its write-ahead log.',
        { cause: error },
      );
    case NOTADB:
      return new ConfigurationError(`"${path}" is not a SQLite database. Give the path of one, or of a new file.`, {
        cause: error,
      });
    case CORRUPT:
      return new ConfigurationError(
        `"${path}" is damaged: ${String(error)}. Restore a backup, or save what can be read: sqlite3 ${path} .recover`,
        { cause: error },
      );
    case FULL:
      return new StorageFullError(path, error);
    default:
      return error;
  }
}
