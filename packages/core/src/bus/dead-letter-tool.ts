import { copyPayload } from '../kernel/payload.ts';
import { ConfigurationError } from '../kernel/errors.ts';
import type { Gate } from '../kernel/gate.ts';
import type { MessageHeaders } from './message.ts';
import { orderingKeyOf } from './ordering-key.ts';
import type { DeadLetter, DeadLetters } from './transport/dead-letters.ts';
import type { Transport } from './transport/transport.ts';

/** Which dead letters are meant: those that have all that is named. */
export interface DeadLetterFilter {
  readonly message?: string | undefined;
  readonly component?: string | undefined;
  /** The error's code, or its name where it has none. */
  readonly code?: string | undefined;
  /** What the messages are ordered by. */
  readonly key?: string | undefined;
  /** Given up at or after this moment. */
  readonly since?: Date | undefined;
  /** Given up before this moment. */
  readonly until?: Date | undefined;
}

/** Dead letters that have the same cause, as far as one can tell. */
export interface DeadLetterGroup {
  readonly message: string;
  readonly component: string;
  readonly code: string;
  readonly count: number;
  readonly first: Date;
  readonly last: Date;
  /** The text of the newest error. */
  readonly sample: string;
  /** Selects the group: `retry(group.filter)`. */
  readonly filter: DeadLetterFilter;
}

/** Ids, a filter, or all of them. */
export type WhichDeadLetters = readonly string[] | DeadLetterFilter | 'all';

const PAGE_SIZE = 500;

/** The messages that an endpoint has given up on: to be looked at, and to be dealt with (G8). */
export class DeadLetterTool {
  readonly #endpoint: string;
  readonly #letters: DeadLetters;
  readonly #transport: Transport;
  readonly #gate: Gate;

  constructor(endpoint: string, transport: Transport, gate: Gate) {
    this.#gate = gate;
    this.#endpoint = endpoint;
    this.#transport = transport;
    this.#letters = transport.deadLetters(endpoint);
  }

  count(): Promise<number> {
    return this.#letters.count();
  }

  get(id: string): Promise<DeadLetter | undefined> {
    return this.#letters.get(id);
  }

  /** Oldest first, from behind the dead letter `after`. @default 100 of them */
  async list({
    filter = {},
    after,
    limit = 100,
  }: { readonly filter?: DeadLetterFilter; readonly after?: string; readonly limit?: number } = {}): Promise<
    readonly DeadLetter[]
  > {
    const found: DeadLetter[] = [];
    if (limit <= 0) return found;
    for await (const letter of this.#all(after)) {
      if (matches(letter, filter)) found.push(letter);
      if (found.length >= limit) break;
    }
    return found;
  }

  /** All dead letters by cause, the most frequent first. */
  async groups(): Promise<readonly DeadLetterGroup[]> {
    const groups = new Map<string, DeadLetterGroup>();
    for await (const letter of this.#all(undefined)) {
      const group = groupOf(letter);
      const key = JSON.stringify(group.filter);
      const known = groups.get(key);
      groups.set(key, known === undefined ? group : merged(known, group));
    }
    return [...groups.values()].sort((a, b) => b.count - a.count);
  }

  /** Sends them back to where they came from, in order, before what waits there, their attempts counted from one. Returns how many. */
  async retry(which: WhichDeadLetters): Promise<number> {
    this.#gate.check('retry()');
    return this.#letters.retry(await this.#idsOf(which));
  }

  /** On an ordered endpoint: lets a parked key go on, in order, after its cause was mended. Returns how many messages that were. */
  resumeKey(key: string): Promise<number> {
    return this.retry({ key });
  }

  /**
   * Sends a changed copy of a message back, under the message's own id, and then deletes the dead letter. A crash in between
   * leaves both; the id makes them take effect once. Throws `ND_CONFIGURATION` when there is no such message to edit.
   */
  async editAndRetry(
    id: string,
    edit: { readonly payload?: unknown; readonly headers?: MessageHeaders },
  ): Promise<void> {
    this.#gate.check('editAndRetry()');
    const letter = await this.#letters.get(id);
    if (letter?.message === undefined) {
      throw new ConfigurationError(
        `"${this.#endpoint}" has no dead letter "${id}" with a message that could be edited. List them: list().`,
      );
    }
    const payload = copyPayload('payload' in edit ? edit.payload : letter.message.payload);
    const headers = { ...letter.message.headers, ...edit.headers };
    await this.#transport.send([{ ...letter.message, payload, headers, deliverAt: undefined }]);
    await this.#letters.purge([id]);
  }

  /** Deletes them for good. Returns how many. */
  async purge(which: WhichDeadLetters): Promise<number> {
    this.#gate.check('purge()');
    return this.#letters.purge(await this.#idsOf(which));
  }

  async #idsOf(which: WhichDeadLetters): Promise<readonly string[] | 'all'> {
    if (which === 'all' || isIds(which)) return which;
    const ids: string[] = [];
    for await (const letter of this.#all(undefined)) if (matches(letter, which)) ids.push(letter.id);
    return ids;
  }

  async *#all(after: string | undefined): AsyncGenerator<DeadLetter> {
    for (let behind = after; ;) {
      const page = await this.#letters.list({ after: behind, limit: PAGE_SIZE });
      yield* page;
      behind = page.at(-1)?.id;
      if (page.length < PAGE_SIZE) return;
    }
  }
}

function isIds(which: readonly string[] | DeadLetterFilter): which is readonly string[] {
  return Array.isArray(which);
}

function matches({ message, reason }: DeadLetter, filter: DeadLetterFilter): boolean {
  const failedAt = reason.failedAt;
  return (
    (filter.message === undefined || filter.message === message?.name) &&
    (filter.component === undefined || filter.component === message?.component) &&
    (filter.code === undefined || filter.code === reason.code) &&
    (filter.key === undefined || (message !== undefined && filter.key === orderingKeyOf(message))) &&
    (filter.since === undefined || failedAt >= filter.since.getTime()) &&
    (filter.until === undefined || failedAt < filter.until.getTime())
  );
}

function groupOf({ message, reason }: DeadLetter): DeadLetterGroup {
  const name = message?.name ?? '';
  const component = message?.component ?? '';
  const at = new Date(reason.failedAt);
  const filter: DeadLetterFilter = { message: message?.name, component: message?.component, code: reason.code };
  return { message: name, component, code: reason.code, count: 1, first: at, last: at, sample: reason.message, filter };
}

// They come in order of time, so the second is the newer.
function merged(older: DeadLetterGroup, newer: DeadLetterGroup): DeadLetterGroup {
  return { ...newer, count: older.count + newer.count, first: older.first };
}
