import type { AggregateEvent } from '../event-sourcing/aggregate-event.ts';
import type { AggregateClass } from '../aggregates/aggregate.ts';
import type { NameOf, PayloadAt } from '../kernel/message-map.ts';

/**
 * Keeps read models up to date: `on<Event>` methods change a view, and cannot wait. The view is loaded before and stored after, together with the
 * version that it has reached, so events that come late, twice, out of order or at the same time lead to the same view as the
 * stream read in order; what is missing is loaded from the event store.
 *
 * ```ts
 * class Stock extends Projection<StockView> implements Projects<StockView, SaleEvents, 'SaleCreated'> {
 *   static readonly source = Sale;
 *   initial() { return { units: 0 }; }
 *   onSaleCreated(view: StockView, event: SaleEvents['SaleCreated']) { view.units = event.stock; }
 * }
 * ```
 *
 * There is one view per aggregate, with the aggregate's version. A projection that overrides {@link viewsOf} has views of its
 * own making over many aggregates; their version counts the events in them.
 */
export abstract class Projection<View extends object> {
  /** The view before its first event. */
  abstract initial(id: string): View;

  /** The ids of the views that an event changes. Must always say the same for one event, and cannot wait. */
  viewsOf?(event: AggregateEvent): readonly string[];
}

/** A projection's class. */
export interface ProjectionClass<View extends object = object> {
  new (): Projection<View>;
  /** The aggregates whose events it sees, all of them: those it has no method for only advance the version. */
  readonly source: AggregateClass | readonly AggregateClass[];
  /**
   * Names its views in the query store, `<name>/<id>`, and the component on the wire.
   * @default the name of the class
   */
  readonly projectionName?: string;
  /**
   * Marks the code that makes its views. When it changes, the start says that older views are of older code. Declare one, and raise it when the
   * meaning of the views changes, where a minifier changes the code with each build.
   * @default a fingerprint of the class's code
   */
  readonly revision?: number;
}

/** The methods of a projection, so that a missing, mistyped or wrongly typed one does not compile. */
export type Projects<View, Events, Names extends NameOf<Events> = NameOf<Events>> = {
  [Name in Names as `on${Name}`]: (
    view: View,
    event: PayloadAt<Events, Name>,
    envelope: AggregateEvent<PayloadAt<Events, Name>>,
  ) => void;
};
