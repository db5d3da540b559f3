import { statSync } from 'node:fs';
import { messageOf, type PartHealth } from '@ndomain/core';
import { checkpoint } from './checkpoint.ts';

const BYTES_PER_MIB = 1_048_576;
/** How often the size of the log is looked at. */
const LOOK_MS = 5_000;
/** A log up to here stays as it is. */
const SMALL_BYTES = 4 * BYTES_PER_MIB;
/** Commits between two looks from which on the process is at work: SQLite itself then writes the log back, when it is as large as it usually gets. */
const MANY_COMMITS = 500;
/** Larger than SQLite lets it become by itself: see `CHECKPOINT_PAGES`. */
const LARGE_BYTES = 72 * BYTES_PER_MIB;
/** A log from here on that cannot be written back is a matter for the health. */
const STARVED_BYTES = 8 * BYTES_PER_MIB;

/**
 * Keeps the write-ahead log small: now and then it looks how large the file is, and when the program has become calm, or the log is larger
 * than it should ever be, it is written back into the database and cut to nothing, without holding up the event loop. A look at a log that is small
 * costs some microseconds.
 *
 * What cannot be written back because somebody reads what stood in the file before is told by {@link health}.
 */
export class LogKeeper {
  readonly #path: string;
  readonly #commits: () => number;
  readonly #timer: NodeJS.Timeout;
  #writing: Promise<void> | undefined;
  #commitsBefore = 0;
  #touchedBefore = 0;
  /** Pages that were written back at a look that could not write back all. */
  #stuckAt: number | undefined;
  #stuckSince = new Date();
  #state: 'healthy' | 'failing' = 'healthy';
  #since = new Date();
  #lastError: PartHealth['lastError'];

  /** `commits` is how many there have been in this process. */
  constructor(path: string, commits: () => number) {
    this.#path = path;
    this.#commits = commits;
    this.#timer = setInterval(() => this.#look(), LOOK_MS).unref();
  }

  get health(): PartHealth {
    return { part: `file ${this.#path}`, state: this.#state, since: this.#since, lastError: this.#lastError };
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#writing;
  }

  #look(): void {
    const { size, mtimeMs } = statSync(`${this.#path}-wal`, { throwIfNoEntry: false }) ?? { size: 0, mtimeMs: 0 };
    const commits = this.#commits() - this.#commitsBefore;
    const isTouched = mtimeMs !== this.#touchedBefore;
    this.#commitsBefore += commits;
    this.#touchedBefore = mtimeMs;
    if (size <= SMALL_BYTES) return this.#isWell();
    // Whoever writes much, here or in another process, is not interrupted for a log of the usual size.
    const isAtWork = commits > MANY_COMMITS || (commits === 0 && isTouched);
    if (isAtWork && size <= LARGE_BYTES && this.#stuckAt === undefined) return;
    this.#writing ??= this.#writeBack(size).finally(() => (this.#writing = undefined));
  }

  async #writeBack(size: number): Promise<void> {
    try {
      const { log, checkpointed } = await checkpoint(this.#path);
      if (log === checkpointed) this.#isWell();
      else if (log > 0) this.#isHeld(size, checkpointed);
    } catch (error) {
      this.#isFailing(`The write-ahead log could not be written back: ${messageOf(error)}`);
    }
  }

  /** Somebody still reads what stood in the file before: it matters when no page could be written back since the look before. */
  #isHeld(size: number, checkpointed: number): void {
    if (this.#stuckAt !== checkpointed) {
      this.#stuckAt = checkpointed;
      this.#stuckSince = new Date();
    } else if (size >= STARVED_BYTES) {
      this.#isFailing(
        `The write-ahead log has ${Math.round(size / BYTES_PER_MIB)} MiB, and since ${this.#stuckSince.toISOString()} it could ` +
          'not be written back: somebody, here or in another program, holds a read transaction open. End that transaction, ' +
          'and the log is cut within seconds.',
      );
    }
  }

  #isWell(): void {
    this.#stuckAt = undefined;
    if (this.#state === 'healthy') return;
    this.#state = 'healthy';
    this.#since = new Date();
  }

  #isFailing(message: string): void {
    this.#lastError = { message, at: new Date() };
    if (this.#state === 'failing') return;
    this.#state = 'failing';
    this.#since = new Date();
  }
}
