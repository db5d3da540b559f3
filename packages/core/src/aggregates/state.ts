import type { NameOf, PayloadAt } from '../kernel/message-map.ts';

/**
 * The data of an aggregate. It changes only in its `on<Event>` methods, which are called with each event's payload, once
 * when the event happens and again whenever the aggregate is rebuilt. They must not throw, wait, or look at the clock: what was
 * decided is in the event.
 *
 * Public fields are what snapshots keep. They can hold what a payload can hold; `#private` fields are not kept.
 */
export abstract class State {}

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

/** A State's class. `revision` is to be raised when the meaning of its fields changes: older snapshots are then ignored. */
export interface StateClass<S extends State = State> {
  new (): S;
  /** @default 1 */
  readonly revision?: number;
}
