/** A read model: what is known under an id, and how far it has come. */
export interface Query<Data = unknown> {
  readonly id: string;
  /** 0: there is nothing yet, and `data` is undefined. */
  readonly version: number;
  readonly data: Data | undefined;
}

/**
 * The seam that a storage of read models implements. Data holds what a payload can hold, and is copied on the way in and out.
 * A resolved promise means stored, as durably as the backend promises.
 */
export interface QueryStore {
  /** What is there now; version 0 for an unknown id. */
  get(id: string): Promise<Query>;

  /**
   * G13: resolves as soon as the version is reached, and after `timeoutMs` milliseconds with what is there then. Look at
   * the version: a timeout is no error.
   */
  getOrWaitUntil(id: string, version: number, timeoutMs: number, signal?: AbortSignal): Promise<Query>;

  /** Replaces what has exactly `expectedVersion` (0: nothing). Returns false, and changes nothing, when it has another. */
  set(id: string, expectedVersion: number, version: number, data: unknown): Promise<boolean>;

  /** Those whose ids begin with `prefix`, in order of their ids by UTF-16 units, from behind the id `after`. */
  list(page: QueryPage): Promise<readonly Query[]>;
}

export interface QueryPage {
  readonly prefix: string;
  readonly after?: string | undefined;
  readonly limit: number;
}
