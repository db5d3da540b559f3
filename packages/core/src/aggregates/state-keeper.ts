import { ConfigurationError, messageOf } from '../kernel/errors.ts';
import { fingerprintOf, sourcesOf } from '../keeping/fingerprint.ts';
import { KEPT_FORM, UnkeepableError, type Kept } from '../keeping/kept-form.ts';
import { KeptClasses } from '../keeping/kept-classes.ts';
import { keep, keepMembers } from '../keeping/keeper.ts';
import { restore, restoreMembers } from '../keeping/restorer.ts';
import { privateFieldOf } from './private-fields.ts';
import type { State, StateClass } from './state.ts';

/** A State that says itself how it is kept. */
export interface KeepsItself<Data = unknown> {
  /** What is to be kept: a payload, or anything else that can be kept by itself. */
  toSnapshot(): Data;
  /** Makes a new State what the one was that `data` was kept of. */
  fromSnapshot(data: Data): void;
}

/** States of one class are made by the same code, so what these do not hold the others will not hold either. */
const EXACT_AT_FIRST = 100;

/**
 * The one way in which States of a class are kept and restored, in the cache as in snapshots: what is restored equals what was kept in every
 * respect that a decision can see (G15). By its public fields, or as the State says itself.
 */
export class StateKeeper {
  /** Marks the code that folds events into these States: what other code has kept is not used. */
  readonly madeBy: string;
  readonly #class: StateClass;
  readonly #classes: KeptClasses;
  readonly #keepsItself: boolean;
  #kept = 0;

  /**
   * `eventClasses`: the classes of events, by their names. `history`: a text that differs when old events are read in another way. Throws
   * `ND_CONFIGURATION` for a State with one of `toSnapshot` and `fromSnapshot` alone.
   */
  constructor(stateClass: StateClass, eventClasses: Readonly<Record<string, object>>, history: string) {
    const named = { ...eventClasses, ...stateClass.classes };
    this.#class = stateClass;
    this.#classes = new KeptClasses(named);
    this.#keepsItself = keepsItself(stateClass);
    const { revision } = stateClass;
    this.madeBy =
      revision === undefined ? fingerprintOf(stateClass, partsOf(stateClass, named, history)) : `r${revision}`;
  }

  /** Throws {@link UnkeepableError}. */
  keep(state: State): Kept {
    const isExact = this.#kept++ < EXACT_AT_FIRST;
    if (this.#keepsItself) return keep((state as State & KeepsItself).toSnapshot(), this.#classes, isExact);
    return keepMembers(state, this.#classes, isExact);
  }

  /** A new State. Throws when the data cannot be what was kept of one. */
  restore(data: unknown): State {
    const state = new this.#class();
    if (this.#keepsItself) (state as State & KeepsItself).fromSnapshot(restore(data, this.#classes));
    else restoreMembers(state, data, this.#classes);
    return state;
  }

  /**
   * To be asked at start where States are to be kept. Throws `ND_CONFIGURATION` for a State whose private fields, or whose fields before
   * the first event, cannot be.
   */
  check(): void {
    if (!this.#keepsItself) {
      const field = privateFieldOf(this.#class);
      if (field !== undefined) throw this.#refused(`it has ${field}, which nobody can read from outside`);
    }
    try {
      this.keep(new this.#class());
    } catch (error) {
      throw this.#refused(error instanceof UnkeepableError ? `it holds ${error.message}` : messageOf(error));
    }
  }

  #refused(why: string): ConfigurationError {
    return new ConfigurationError(
      `${this.#class.name} cannot be kept in a cache or snapshot: ${why}. Say how it is kept: ` +
        'toSnapshot() { return { used: this.#used }; } fromSnapshot(data) { this.#used = data.used; } — or make it a public field.',
    );
  }
}

function keepsItself({ name, prototype }: StateClass): boolean {
  const has = (method: string): boolean => typeof (prototype as Record<string, unknown>)[method] === 'function';
  if (has('toSnapshot') === has('fromSnapshot')) return has('toSnapshot');
  const [there, missing] = has('toSnapshot') ? ['toSnapshot', 'fromSnapshot'] : ['fromSnapshot', 'toSnapshot'];
  throw new ConfigurationError(
    `${name} has ${there}() and no ${missing}(). Add it: one says what is kept, the other makes a State of it.`,
  );
}

/** Its fields before the first event, the classes in it, and the history of its events. */
function partsOf(stateClass: StateClass, named: Readonly<Record<string, object>>, history: string): string[] {
  const classes = Object.entries(named).map(([name, aClass]) => `${name} ${sourcesOf(aClass)}`);
  return [`${KEPT_FORM}`, history, Object.keys(new stateClass()).join(), ...classes];
}
