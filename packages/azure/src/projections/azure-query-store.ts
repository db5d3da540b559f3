import {
  decode,
  encode,
  newId,
  sleep,
  systemClock,
  type Clock,
  type Query,
  type QueryPage,
  type QueryStore,
} from '@ndomain/core';
import type { AzureConnection, AzureContainer } from '../connection/azure-connection.ts';
import { statusOf } from '../connection/azure-errors.ts';
import { escaped } from '../escaping.ts';
import { inParallel } from '../in-parallel.ts';
import { Lru } from '../lru.ts';
import { QUERY } from '../names.ts';
import { blobNameOf, readModelOf, textOf } from './query-blobs.ts';

/** How soon a waiting reader looks again, growing: what this process sets it hears of at once. */
const FIRST_LOOK_MS = 100;
const LONGEST_LOOK_MS = 2_000;
const READS_AT_ONCE = 16;
const REMEMBERED = 10_000;

/** A version as it was read or written last, with what proves that it is still there. */
interface Known {
  readonly version: number;
  readonly etag: string;
}

interface Waiter {
  readonly version: number;
  readonly wake: AbortController;
}

/**
 * Read models as blobs, one each, set under the condition of the ETag. Reading is one request; setting is one where this process has read or set it
 * before, and two where not. A reader that waits looks again after 100 ms, then ever less often, at most every 2 s.
 *
 * A container that was deleted is made again: read models are rebuilt.
 */
export class AzureQueryStore implements QueryStore {
  readonly #container: AzureContainer;
  readonly #clock: Clock;
  readonly #known = new Lru<Known>(REMEMBERED);
  readonly #waiters = new Map<string, Set<Waiter>>();

  /** Throws `ND_INVALID_OPTION` for a name that containers cannot have. */
  constructor(connection: AzureConnection, container: string, clock: Clock = systemClock) {
    this.#container = connection.container(container, 'recreate');
    this.#clock = clock;
  }

  get(id: string): Promise<Query> {
    return this.#read(id, blobNameOf(id));
  }

  async getOrWaitUntil(id: string, version: number, timeoutMs: number, signal?: AbortSignal): Promise<Query> {
    const endsAt = this.#clock.monotonic() + timeoutMs;
    const waiters = this.#waiters.get(id) ?? new Set<Waiter>();
    for (let pauseMs = FIRST_LOOK_MS; ; pauseMs = Math.min(pauseMs * 1.5, LONGEST_LOOK_MS)) {
      const waiter: Waiter = { version, wake: new AbortController() };
      waiters.add(waiter);
      this.#waiters.set(id, waiters);
      try {
        const query = await this.get(id);
        const leftMs = endsAt - this.#clock.monotonic();
        if (query.version >= version || leftMs <= 0 || signal?.aborted === true) return query;
        const signals = signal === undefined ? [waiter.wake.signal] : [signal, waiter.wake.signal];
        await sleep(this.#clock, Math.min(pauseMs, leftMs), AbortSignal.any(signals));
      } finally {
        waiters.delete(waiter);
        if (waiters.size === 0) this.#waiters.delete(id);
      }
    }
  }

  async set(id: string, expectedVersion: number, version: number, data: unknown): Promise<boolean> {
    const text = textOf(id, version, encode(data ?? null));
    const known = this.#known.get(id);
    let etag = known?.version === expectedVersion ? known.etag : undefined;
    for (;;) {
      if (etag === undefined && expectedVersion > 0) {
        const query = await this.get(id);
        etag = this.#known.get(id)?.etag;
        if (query.version !== expectedVersion || etag === undefined) return false;
      }
      const written = await this.#write(id, text, version, etag);
      if (written === 'refused') {
        // The blob may have changed since it was remembered, and have the expected version all the same.
        const query = await this.get(id);
        etag = this.#known.get(id)?.etag;
        if (query.version !== expectedVersion || etag === undefined) return false;
        continue;
      }
      for (const waiter of this.#waiters.get(id) ?? []) if (waiter.version <= version) waiter.wake.abort();
      return true;
    }
  }

  /** One request for each 5,000 names, and one for each read model. Names that are too long for a blob are in the order of their beginnings. */
  async list({ prefix, after, limit }: QueryPage): Promise<readonly Query[]> {
    const names: string[] = [];
    const start = after === undefined ? '' : blobNameOf(after);
    await this.#container.run('list read models', async (client, options) => {
      for await (const { name } of client.listBlobsFlat({ ...options, prefix: escaped(prefix) })) {
        if (after !== undefined && name <= start) continue;
        names.push(name);
        if (names.length === limit) return;
      }
    });
    const found: Query[] = [];
    await inParallel([...names.keys()], READS_AT_ONCE, async (i) => {
      found[i] = await this.#read('', names[i] ?? '');
    });
    return found;
  }

  async #read(id: string, name: string): Promise<Query> {
    try {
      const { etag, text } = await this.#container.run('read a read model', async (client, options) => {
        const answer = await client.getBlobClient(name).download(0, undefined, options);
        const chunks: Buffer[] = [];
        for await (const chunk of answer.readableStreamBody ?? []) chunks.push(Buffer.from(chunk));
        return { etag: answer.etag, text: Buffer.concat(chunks).toString() };
      });
      const found = readModelOf(text);
      if (etag !== undefined) this.#known.set(found.id, { version: found.version, etag });
      return { id: found.id, version: found.version, data: decode(found.data) };
    } catch (error) {
      if (statusOf(error) !== 404) throw error;
      this.#known.delete(id);
      return { id, version: 0, data: undefined };
    }
  }

  async #write(id: string, text: string, version: number, etag: string | undefined): Promise<'written' | 'refused'> {
    const attempt = newId();
    const conditions = etag === undefined ? { ifNoneMatch: '*' } : { ifMatch: etag };
    const metadata = { [QUERY.version]: String(version), [QUERY.attempt]: attempt };
    try {
      const answer = await this.#container.run('write a read model', (client, options) =>
        client
          .getBlockBlobClient(blobNameOf(id))
          .upload(text, Buffer.byteLength(text), { ...options, conditions, metadata }),
      );
      if (answer.etag !== undefined) this.#known.set(id, { version, etag: answer.etag });
      return 'written';
    } catch (error) {
      const status = statusOf(error);
      if (status !== 409 && status !== 412) throw error;
      return (await this.#isOurs(id, attempt)) ? 'written' : 'refused';
    }
  }

  /** Whether what is there was written by a first try, whose answer was lost. */
  async #isOurs(id: string, attempt: string): Promise<boolean> {
    try {
      const { metadata } = await this.#container.run('read a read model', (client, options) =>
        client.getBlobClient(blobNameOf(id)).getProperties(options),
      );
      return metadata?.[QUERY.attempt] === attempt;
    } catch (error) {
      if (statusOf(error) === 404) return false;
      throw error;
    }
  }
}
