import { sourceOf } from '../keeping/class-source.ts';
import { UpcastError } from '../kernel/errors.ts';
import type { NameOf, PayloadAt } from '../kernel/message-map.ts';
import type { AggregateEvent } from './aggregate-event.ts';

// Payloads of the past have types that no longer exist in the code.
type OldPayload = Record<string, unknown>;
type Upcast = (payload: OldPayload) => unknown;

/** What has to happen to an event stored as (name, revision) to become today's event. */
interface Path {
  readonly name: string;
  readonly revision: number;
  readonly steps: readonly Upcast[];
}

interface Renaming {
  readonly name: string;
  readonly revision: number;
}

/**
 * How the events of an aggregate have changed over the years, so that old streams load into today's State:
 *
 * ```ts
 * static readonly history = eventHistory<SaleEvents>()
 *   .renamed('SaleOpened', 'SaleCreated')
 *   .revised('SaleCreated', (old) => ({ ...old, currency: 'GBP' }))     // revision 1 → 2
 *   .revised('SaleCreated', (old) => ({ ...old, stock: old.units }));   // revision 2 → 3
 * ```
 *
 * New events are stored with the latest revision of their name. What is stored never changes: it is brought up to date each
 * time it is read.
 */
export class EventHistory<Events = Record<string, unknown>> {
  readonly #renamings = new Map<string, Renaming>();
  readonly #upcasts = new Map<string, Upcast[]>();
  readonly #paths = new Map<string, Path>();

  /**
   * Events stored under `oldName` are today's `newName`. Their payload is taken for revision `as` of the new name, after
   * the revisions of the old name itself.
   */
  renamed(oldName: string, newName: NameOf<Events>, { as = 1 }: { readonly as?: number } = {}): this {
    this.#renamings.set(oldName, { name: newName, revision: as });
    return this;
  }

  /** The next revision of an event: how its payload is made from the one before. `old` may be changed and returned. */
  revised<Name extends NameOf<Events>>(name: Name, upcast: (old: OldPayload) => PayloadAt<Events, Name>): this;
  /** The same for a name that is no longer in use, and has been renamed since. */
  revised(name: string, upcast: Upcast): this;
  revised(name: string, upcast: Upcast): this {
    const upcasts = this.#upcasts.get(name) ?? [];
    upcasts.push(upcast);
    this.#upcasts.set(name, upcasts);
    return this;
  }

  /** The revision with which new events of this name are stored. */
  revisionOf(name: string): number {
    return (this.#upcasts.get(name)?.length ?? 0) + 1;
  }

  /** A text that differs when old events are read in another way. */
  get fingerprint(): string {
    const renamings = [...this.#renamings].map(([from, { name, revision }]) => `${from}>${name}/${revision}`);
    const upcasts = [...this.#upcasts].map(([name, steps]) => `${name}:${steps.map(sourceOf).join(';')}`);
    return [...renamings, ...upcasts].join('\n');
  }

  /** True when no event has ever changed, so that reading can skip this step. */
  get isEmpty(): boolean {
    return this.#renamings.size === 0 && this.#upcasts.size === 0;
  }

  /** Today's form of a stored event. Throws `ND_UPCAST_FAILED`. */
  upcast(event: AggregateEvent, streamId: string): AggregateEvent {
    const path = this.#pathFrom(event.name, event.revision);
    if (path.steps.length === 0 && path.name === event.name) return event;
    let payload = event.payload;
    try {
      for (const step of path.steps) payload = step(payload as OldPayload);
    } catch (error) {
      throw new UpcastError(streamId, event.sequenceId, event.name, error);
    }
    return { ...event, name: path.name, revision: path.revision, payload };
  }

  #pathFrom(name: string, revision: number): Path {
    const key = `${revision}:${name}`;
    let path = this.#paths.get(key);
    if (path === undefined) this.#paths.set(key, (path = this.#findPath(name, revision)));
    return path;
  }

  #findPath(storedName: string, storedRevision: number): Path {
    const steps: Upcast[] = [];
    let name = storedName;
    let revision = storedRevision;
    for (const seen = new Set<string>(); ;) {
      const upcasts = this.#upcasts.get(name) ?? [];
      steps.push(...upcasts.slice(revision - 1));
      revision = Math.max(revision, upcasts.length + 1);
      const renaming = this.#renamings.get(name);
      if (renaming === undefined || seen.has(name)) return { name, revision, steps };
      seen.add(name);
      ({ name, revision } = renaming);
    }
  }
}

/** Begins the history of an aggregate's events: see {@link EventHistory}. */
export function eventHistory<Events>(): EventHistory<Events> {
  return new EventHistory<Events>();
}
