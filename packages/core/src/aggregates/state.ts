import type { NameOf, PayloadAt } from '../kernel/message-map.ts';

/**
 * The data of an aggregate. It changes only in its `on<Event>` methods, which are called with each event's payload, once
 * when the event happens and again whenever the aggregate is rebuilt. They must not throw, wait, or look at the clock: what was
 * decided is in the event.
 *
 * Where there is a cache, or snapshots, a State is kept and restored by its public fields, so that it equals the one that its events lead to.
 * They can hold what a payload can hold, instances of classes, and one object in several places; not functions, symbols, or what is
 * built in beyond that. A State with `#private` fields says how it is kept: it has `toSnapshot()` and `fromSnapshot(data)`.
 */
export abstract class State {
  constructor() {
    const target = nextTarget;
    if (target === undefined) return;
    nextTarget = undefined;
    // What a class adds to its instances is added to this one.
    return target;
  }
}

/** What the next State that is constructed is to be, instead of a new object. */
let nextTarget: State | undefined;

/** Constructs a State of a class on one that is there: all that the class adds to its instances is added to that one again. Throws what that throws. */
export function constructOn(target: State, stateClass: StateClass): void {
  nextTarget = target;
  try {
    Reflect.construct(stateClass, []);
  } finally {
    nextTarget = undefined;
  }
}

/**
 * The methods that a State needs for a message map, so that a missing, mistyped or wrongly typed one does not compile:
 *
 * ```ts
 * class SaleState extends State implements Mutates<SaleEvents> {
 *   onSaleCreated(event: SaleEvents['SaleCreated']) { … }
 * }
 * ```
 */
export type Mutates<Events> = {
  [Name in NameOf<Events> as `on${Name}`]: (event: PayloadAt<Events, Name>) => void;
};

/** A State's class. */
export interface StateClass<S extends State = State> {
  new (): S;
  readonly prototype: S;
  /**
   * Marks which snapshots are today's: those that were made under another revision are ignored. To be raised when anything changes about what
   * events lead to. Declare one where a minifier changes the code with each build, or where the methods call code of other modules, whose changes
   * the default does not see.
   * @default a fingerprint of the code: the class and its ancestors, its fields, the classes in it, the history of its events
   */
  readonly revision?: number;
  /**
   * Classes of which its fields hold instances, by names that stay the same: snapshots name them so. The classes of events are known. A cache
   * needs no names.
   */
  readonly classes?: Readonly<Record<string, abstract new (...parameters: never) => object>>;
}
