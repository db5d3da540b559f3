import { sourceOf } from '../keeping/class-source.ts';
import { NewerEventError, UpcastError } from '../kernel/errors.ts';
import type { NameOf, PayloadAt } from '../kernel/message-map.ts';
import { isPromise } from '../kernel/promise-or-value.ts';
import type { AggregateEvent } from './aggregate-event.ts';

// Payloads of the past have types that no longer exist in the code.
// oxlint-disable-next-line typescript/no-explicit-any -- a member of the past can be anything: "unknown" would ask for a cast at each
type OldPayload = Record<string, any>;
/** What an upcast returns: today's payload, or for a name that is no longer in use, some payload. */
type NewForm<Events, Name> = Name extends NameOf<Events> ? PayloadAt<Events, Name> : Readonly<Record<string, unknown>>;
/** What an upcast is given: of today's members it may have some, and others beside them. */
type OldForm<Events, Name> = Name extends NameOf<Events> ? PayloadAt<Events, Name> & OldPayload : OldPayload;
type Upcast = (payload: never) => unknown;

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
export class EventHistory<Events = Record<string, unknown>, Former extends string = never> {
  readonly #renamings = new Map<string, Renaming>();
  readonly #upcasts = new Map<string, Upcast[]>();
  readonly #paths = new Map<string, Path>();

  /**
   * Events stored under `oldName` are today's `newName`. Their payload is taken for revision `as` of the new name, after
   * the revisions of the old name itself.
   */
  renamed<Old extends string>(
    oldName: Old,
    newName: string,
    { as = 1 }: { readonly as?: number } = {},
  ): EventHistory<Events, Former | Old> {
    this.#renamings.set(oldName, { name: newName, revision: as });
    return this;
  }

  /**
   * The next revision of an event: how its payload is made from the one before. `old` may be changed and returned; its type can be given. What is
   * returned has to be all of today's payload, where it is not made from `old`. The name is one of today's, or one that has been renamed before.
   */
  revised<Name extends NameOf<Events> | Former, Old = OldForm<Events, Name>>(
    name: Name,
    upcast: (old: Old) => NewForm<Events, Name>,
  ): this {
    const upcasts = this.#upcasts.get(name) ?? [];
    upcasts.push(upcast);
    this.#upcasts.set(name, upcasts);
    return this;
  }

  /** The names under which events were stored that are called `name` today. */
  formerNamesOf(name: string): readonly string[] {
    return [...this.#renamings.keys()].filter((former) => this.#pathFrom(former, 1).name === name);
  }

  /** The names that it speaks of and that are not today's, nor renamed to today's: mistakes. */
  strangers(todays: ReadonlySet<string>): readonly string[] {
    const renamed = [...this.#renamings.values()].map(({ name }) => name).filter((name) => !this.#renamings.has(name));
    const revised = [...this.#upcasts.keys()].filter((name) => !this.#renamings.has(name));
    return [...new Set([...renamed, ...revised])].filter((name) => !todays.has(name));
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

  /** Today's form of a stored event. Throws `ND_UPCAST_FAILED`, and `ND_NEWER_EVENT` for a revision that is not known here. */
  upcast(event: AggregateEvent, streamId: string): AggregateEvent {
    const { name, revision, sequenceId } = event;
    const known = this.revisionOf(name);
    if (revision > known) throw new NewerEventError(streamId, sequenceId, name, revision, known);
    const path = this.#pathFrom(name, revision);
    if (path.steps.length === 0 && path.name === name) return event;
    let payload = event.payload;
    try {
      for (const step of path.steps) payload = checked(step(payload as never));
    } catch (error) {
      throw new UpcastError(streamId, sequenceId, name, error);
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

function checked(payload: unknown): unknown {
  if (payload === undefined)
    throw new TypeError('it returned nothing; it has to return the payload of the next revision');
  if (isPromise(payload)) throw new TypeError('it returned a promise; it has to return the payload itself');
  return payload;
}

/** Begins the history of an aggregate's events: see {@link EventHistory}. */
export function eventHistory<Events>(): EventHistory<Events> {
  return new EventHistory<Events>();
}
