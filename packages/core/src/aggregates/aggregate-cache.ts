import type { Snapshot } from '../event-sourcing/snapshot-store.ts';

/**
 * The States of recently used aggregates, in their kept form, in this process. It only saves reading: what it returns is the beginning of a
 * stream that the repository goes on reading, so a stale entry costs nothing but the rest. Holds at most `capacity` States and
 * forgets the one not used for longest.
 */
export class AggregateCache {
  readonly #capacity: number;
  readonly #entries = new Map<string, Snapshot>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** What is returned belongs to the cache: it is to be restored from, and not to be changed. */
  get(streamId: string): Snapshot | undefined {
    const entry = this.#entries.get(streamId);
    if (entry === undefined) return undefined;
    this.#entries.delete(streamId);
    this.#entries.set(streamId, entry);
    return entry;
  }

  /** Takes the snapshot over: the caller must not keep it. */
  set(streamId: string, snapshot: Snapshot): void {
    const known = this.#entries.get(streamId);
    if (known !== undefined && known.version > snapshot.version) return;
    this.#entries.delete(streamId);
    this.#entries.set(streamId, snapshot);
    if (this.#entries.size <= this.#capacity) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }

  delete(streamId: string): void {
    this.#entries.delete(streamId);
  }
}
