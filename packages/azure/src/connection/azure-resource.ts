import { ConfigurationError } from '@ndomain/core';
import { asOurs, codeOf, isConflict } from './azure-errors.ts';

/** What every operation of the SDKs takes. */
export interface OperationOptions {
  readonly abortSignal: AbortSignal;
}

/** How to make a resource, and how to know that it is not there. */
export interface ResourceKind<Client> {
  /** `table`, `queue` or `container`. */
  readonly name: string;
  readonly missingCode: string;
  create(client: Client, options: OperationOptions): Promise<unknown>;
}

/**
 * What happens when a resource was deleted while the program runs. `recreate`: it is made again, and the operation repeated: for what
 * can be lost. `fail`: `ND_CONFIGURATION`, because going on with an empty one would hide that something was lost.
 */
export type WhenMissing = 'recreate' | 'fail';

/**
 * One table, queue or container: its client, and the one way to call it. It is made before its first use, each operation has a
 * deadline, and errors are ours where they can be.
 */
export class AzureResource<Client> {
  readonly name: string;
  readonly client: Client;
  readonly address: string;
  readonly #kind: ResourceKind<Client>;
  readonly #whenMissing: WhenMissing;
  readonly #timeoutMs: number;
  #created: Promise<void> | undefined;

  constructor(
    kind: ResourceKind<Client>,
    name: string,
    client: Client,
    { address, whenMissing, timeoutMs }: { address: string; whenMissing: WhenMissing; timeoutMs: number },
  ) {
    this.#kind = kind;
    this.name = name;
    this.client = client;
    this.address = address;
    this.#whenMissing = whenMissing;
    this.#timeoutMs = timeoutMs;
  }

  /** Makes it unless it exists. Asks the service once in the life of the process. Throws as {@link run} does. */
  create(): Promise<void> {
    this.#created ??= this.#create();
    return this.#created;
  }

  /**
   * Calls the service. `what` completes "refused to …". Throws `ND_BACKEND_UNREACHABLE` when neither the retries nor the deadline were
   * enough, and `ND_CONFIGURATION` for a refused identity or a resource that was deleted; other errors are the SDK's own, for the
   * caller to tell apart by `statusOf` and `codeOf`.
   */
  async run<T>(what: string, operation: (client: Client, options: OperationOptions) => Promise<T>): Promise<T> {
    await this.create();
    try {
      return await this.#attempt(what, operation);
    } catch (error) {
      if (codeOf(error) !== this.#kind.missingCode) throw error;
      if (this.#whenMissing === 'fail') throw this.#missing(error);
      this.#created = undefined;
      await this.create();
      return this.#attempt(what, operation);
    }
  }

  async #create(): Promise<void> {
    const { name } = this.#kind;
    try {
      await this.#attempt(`create the ${name} "${this.name}"`, (client, options) => this.#kind.create(client, options));
    } catch (error) {
      if (isConflict(error) && codeOf(error)?.endsWith('AlreadyExists') === true) return;
      this.#created = undefined;
      if (isConflict(error)) throw this.#missing(error);
      throw error;
    }
  }

  async #attempt<T>(what: string, operation: (client: Client, options: OperationOptions) => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    try {
      return await operation(this.client, { abortSignal: AbortSignal.timeout(this.#timeoutMs) });
    } catch (error) {
      throw asOurs(error, { what, address: this.address, startedAt });
    }
  }

  #missing(error: unknown): ConfigurationError {
    const { name } = this.#kind;
    return new ConfigurationError(
      `The ${name} "${this.name}" at ${this.address} was deleted while it was in use (${codeOf(error) ?? 'missing'}). ` +
        `Bring it back from a copy, or start anew under another name; a deleted ${name}'s own name is free again after some minutes.`,
      { cause: error },
    );
  }
}
