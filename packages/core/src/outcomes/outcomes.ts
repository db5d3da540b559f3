import type { Rejection } from '../kernel/domain-error.ts';
import { copyPayload } from '../kernel/payload.ts';
import type { QueryStore } from '../projections/query-store.ts';

/** What became of a message whose sender asked for it. */
export type Outcome = Handled | Rejected | Failed;

/** Its handler has succeeded. */
export interface Handled {
  readonly state: 'handled';
}

/** A rule of the domain said no. It is final: the same message is rejected again with the same words, also where it would succeed by now. */
export interface Rejected extends Rejection {
  readonly state: 'rejected';
}

/** It is among the dead letters. When it is retried from there, another outcome takes this one's place. */
export interface Failed {
  readonly state: 'failed';
  readonly code: string;
  readonly message: string;
}

/** How long {@link Outcomes.of} waits when it is not told, in milliseconds. */
const WAIT_DEFAULT_MS = 30_000;

/**
 * The outcomes of messages that were sent with `{ outcome: true }`, kept beside the read models: whoever handles the message writes, whoever sent
 * it reads, in whatever processes they are.
 */
export class Outcomes {
  readonly #queries: QueryStore;

  constructor(queries: QueryStore) {
    this.#queries = queries;
  }

  /**
   * Waits for the outcome of a message, by its id; at most `timeoutMs` milliseconds (default 30,000). Undefined when there is none by
   * then, as for a message that was not sent with `{ outcome: true }`.
   */
  async of(messageId: string, { timeoutMs = WAIT_DEFAULT_MS, signal }: OutcomeWait = {}): Promise<Outcome | undefined> {
    const { data } = await this.#queries.getOrWaitUntil(idOf(messageId), 1, timeoutMs, signal);
    return data as Outcome | undefined;
  }

  /** The rejection that is final, if the message has been rejected. */
  async rejectionOf(messageId: string): Promise<Rejected | undefined> {
    const outcome = (await this.#queries.get(idOf(messageId))).data as Outcome | undefined;
    return outcome?.state === 'rejected' ? outcome : undefined;
  }

  /** Keeps an outcome. One that is final stays. */
  async record(messageId: string, outcome: Outcome): Promise<void> {
    const id = idOf(messageId);
    for (;;) {
      const { version, data } = await this.#queries.get(id);
      const known = data as Outcome | undefined;
      if (known !== undefined && (known.state !== 'failed' || outcome.state === 'failed')) return;
      if (await this.#queries.set(id, version, version + 1, copyPayload(outcome))) return;
    }
  }
}

export interface OutcomeWait {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

// Ids can hold any character, and read models of applications have slashes in theirs: no two of them make one id.
function idOf(messageId: string): string {
  return `ndomain:outcomes/${messageId}`;
}
