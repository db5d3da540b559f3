import { messageOf } from '@ndomain/core';
import { Azurite } from '@ndomain/testing/servers';
import { UserError } from './user-error.ts';

/** Where everything is kept, for as long as the program runs. */
export interface StorageAccount extends AsyncDisposable {
  /** The connection string of an Azure Storage account. @default none: everything is where the other options say */
  readonly azure?: string;
}

/** What `--azure` says: a connection string, or `azurite` for an emulator of the program's own. Throws `UserError` when that cannot be started. */
export async function storageAccount(azure: string | undefined): Promise<StorageAccount> {
  if (azure !== 'azurite') {
    return { ...(azure === undefined ? {} : { azure }), [Symbol.asyncDispose]: async () => undefined };
  }
  try {
    const azurite = await Azurite.start({ from: import.meta.url });
    console.error('An Azurite of our own runs; it ends with this program, and what is in it too.');
    return { azure: azurite.connectionString, [Symbol.asyncDispose]: () => azurite[Symbol.asyncDispose]() };
  } catch (error) {
    throw new UserError(messageOf(error));
  }
}
