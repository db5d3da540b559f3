import type { Clock } from '@ndomain/core';
import { Lru } from '../lru.ts';
import type { PackRow } from './stream-rows.ts';

/** Streams that are read through at the same time, of which each may wait with up to 4 MiB. */
const STREAMS = 8;
/** For so long a next page is waited for, in milliseconds: packs never change, but a stream may be erased by hand, and begun anew. */
const KEEP_MS = 60_000;

interface Kept {
  readonly packs: readonly PackRow[];
  /** By the clock's monotonic time. */
  readonly until: number;
}

/**
 * Packs that an answer gave beyond what a page could take: whoever reads a long stream page by page asks for them next. Where the stream
 * stands is asked anew for each page.
 */
export class ReadAhead {
  readonly #kept = new Lru<Kept>(STREAMS);
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What is here of a stream from the event `from` on. It is not here any more then. */
  take(streamId: string, from: number): readonly PackRow[] | undefined {
    const kept = this.#kept.get(streamId);
    if (kept === undefined) return undefined;
    const at = kept.packs.findIndex(({ first, last }) => first <= from && from <= last);
    if (at < 0) return undefined;
    this.#kept.delete(streamId);
    return kept.until > this.#clock.monotonic() ? kept.packs.slice(at) : undefined;
  }

  /** Keeps those packs that hold events from `next` on. */
  keep(streamId: string, packs: readonly PackRow[], next: number): void {
    const left = packs.filter(({ last }) => last >= next);
    if (left.length > 0) this.#kept.set(streamId, { packs: left, until: this.#clock.monotonic() + KEEP_MS });
  }
}
