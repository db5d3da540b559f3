import { watch, type FSWatcher } from 'node:fs';

/** After the log was touched: the commit becomes visible when it is on the disk, which may take some milliseconds. */
const LOOKS_AFTER_MS: readonly number[] = [1, 2, 4, 8, 16, 32, 64];
/** Should the operating system not have told of a change. */
const SAFETY_LOOK_MS = 1_000;
/** No version of the file's. */
const NEVER = -1;

/**
 * Hears of commits of other processes: the operating system tells when the write-ahead log is written to, and `PRAGMA data_version`
 * tells whether it was somebody else. Idle it costs one such pragma, some microseconds, each second. While anybody listens, it keeps the
 * process alive.
 */
export class ForeignChanges {
  readonly #logPath: string;
  readonly #dataVersion: () => number;
  readonly #listeners = new Set<() => void>();
  #lastVersion: number;
  #watcher: FSWatcher | undefined;
  #safety: NodeJS.Timeout | undefined;
  #look: NodeJS.Timeout | undefined;
  #looks = 0;

  constructor(logPath: string, dataVersion: () => number) {
    this.#logPath = logPath;
    this.#dataVersion = dataVersion;
    this.#lastVersion = dataVersion();
  }

  /** Returns how to stop listening. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.#start();
    return () => {
      if (this.#listeners.delete(listener) && this.#listeners.size === 0) this.#stop();
    };
  }

  /** Looks whether another process has committed, and tells the listeners if so. Returns whether. */
  look(): boolean {
    const version = this.#dataVersion();
    if (version === this.#lastVersion) return false;
    this.#lastVersion = version;
    this.#tell();
    return true;
  }

  close(): void {
    this.#listeners.clear();
    this.#stop();
  }

  // Later, because whoever looks may be in the middle of a transaction.
  #tell(): void {
    queueMicrotask(() => {
      for (const listener of this.#listeners) {
        try {
          listener();
        } catch {
          // It could not read, so it has not heard of the change: the next look tells again.
          this.#lastVersion = NEVER;
        }
      }
    });
  }

  /** As {@link look}. Where the file cannot be read any more, the listeners are told too: they look for themselves, and report what they meet. */
  #lookByTimer(): boolean {
    try {
      return this.look();
    } catch {
      this.#tell();
      return true;
    }
  }

  #start(): void {
    this.look();
    this.#safety = setInterval(() => this.#lookByTimer(), SAFETY_LOOK_MS);
    try {
      this.#watcher = watch(this.#logPath, this.#onTouched);
      this.#watcher.on('error', () => this.#watcher?.close());
    } catch {
      // No log yet, or no watches left: the safety look is slower, and enough.
    }
  }

  #stop(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
    clearInterval(this.#safety);
    clearTimeout(this.#look);
    this.#look = undefined;
  }

  readonly #onTouched = (): void => {
    this.#looks = 0;
    if (this.#look === undefined && !this.#lookByTimer()) this.#lookLater();
  };

  #lookLater(): void {
    const pause = LOOKS_AFTER_MS[this.#looks++];
    if (pause === undefined || this.#listeners.size === 0) return;
    this.#look = setTimeout(() => {
      this.#look = undefined;
      if (!this.#lookByTimer()) this.#lookLater();
    }, pause);
  }
}
