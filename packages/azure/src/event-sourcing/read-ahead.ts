import { Lru } from '../lru.ts';
import type { PackRow } from './stream-rows.ts';

/** Streams that are read through at the same time, of which each may wait with up to 4 MiB. */
const STREAMS = 8;

/**
 * Packs that an answer gave beyond what a page could take: whoever reads a long stream page by page asks for them next. Packs never
 * change, so they may be of any age; where the stream stands is asked anew for each page.
 */
export class ReadAhead {
  readonly #packs = new Lru<readonly PackRow[]>(STREAMS);

  /** What is here of a stream from the event `from` on. It is not here any more then. */
  take(streamId: string, from: number): readonly PackRow[] | undefined {
    const packs = this.#packs.get(streamId);
    const at = packs?.findIndex(({ first, last }) => first <= from && from <= last) ?? -1;
    if (packs === undefined || at < 0) return undefined;
    this.#packs.delete(streamId);
    return packs.slice(at);
  }

  /** Keeps those packs that hold events from `next` on. */
  keep(streamId: string, packs: readonly PackRow[], next: number): void {
    const left = packs.filter(({ last }) => last >= next);
    if (left.length > 0) this.#packs.set(streamId, left);
  }
}
