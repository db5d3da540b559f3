import type { TransportMessage } from '../message.ts';

/** Why a message was given up on. */
export interface DeadLetterReason {
  /** The code of the error, where it has one (`ND_…`, `ECONNREFUSED`), else its name; `ERROR` for what has neither. */
  readonly code: string;
  readonly message: string;
  readonly stack?: string | undefined;
  /** How often it was tried. */
  readonly attempts: number;
  /** Milliseconds since the epoch. */
  readonly failedAt: number;
}

/** A message that was given up on. It stays until somebody retries or purges it. */
export interface DeadLetter {
  /** Id of the dead letter, not of the message: one message to two components can fail twice. */
  readonly id: string;
  readonly endpoint: string;
  readonly reason: DeadLetterReason;
  /** The message as it was received; absent when it could not be read. */
  readonly message?: TransportMessage | undefined;
  /** What stood in the queue, when it could not be read. */
  readonly raw?: string | undefined;
}

/** The dead letters of one endpoint. */
export interface DeadLetters {
  count(): Promise<number>;

  /** Oldest first, from behind the dead letter `after`. */
  list(page: { readonly after?: string | undefined; readonly limit: number }): Promise<readonly DeadLetter[]>;

  /** One dead letter. */
  get(id: string): Promise<DeadLetter | undefined>;

  /** The ordering keys (`orderingKeyOf`) of the dead letters, each once: on an ordered endpoint, the keys that are parked. */
  keys(): Promise<readonly string[]>;

  /**
   * Puts messages back into the queue that they came from, before all that wait there, in the order in which they were given up,
   * with their count starting anew. Returns how many that were. Those that could never be read stay.
   */
  retry(ids: readonly string[] | 'all'): Promise<number>;

  /** Deletes dead letters for good. Returns how many. */
  purge(ids: readonly string[] | 'all'): Promise<number>;
}
