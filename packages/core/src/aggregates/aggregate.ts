import type { InstanceIn, NameOf, PayloadAt } from '../kernel/message-map.ts';
import { copyAgain, copyPayload } from '../kernel/payload.ts';
import type { State, StateClass } from './state.ts';

declare const EVENTS: unique symbol;

/** The message map of an aggregate's events. */
export type EventsOf<A> = A extends { readonly [EVENTS]: infer Events } ? Events : never;

/** An event that has happened to an aggregate and is not stored yet. */
export interface PendingEvent {
  readonly name: string;
  readonly payload: unknown;
}

/** What an aggregate needs to know about its kind: `AggregateDefinition` knows it. */
export interface EventApplier {
  /** The event's name, for an instance of a class in the aggregate's map of classes. Throws `ND_UNKNOWN_MESSAGE`. */
  nameOf(event: object): string;

  /** The event's payload as plain data, where it is an instance of its class. */
  plain(name: string, payload: unknown): unknown;

  /** Applies one event. Throws `ND_UNKNOWN_EVENT`. */
  apply(state: State, name: string, payload: unknown, id: string, version: number): void;
}

/**
 * A consistency boundary: methods decide, and say what has happened with `this.on(name, payload)`. The State follows at once.
 *
 * ```ts
 * class Sale extends Aggregate<SaleState, SaleEvents> {
 *   static readonly State = SaleState;
 *   placeOrder(order: Order) {
 *     if (this.state.availableStock < order.quantity) throw new OutOfStock(order);
 *     this.on('OrderPlaced', { order });
 *   }
 * }
 * ```
 */
export abstract class Aggregate<S extends State = State, Events = Record<string, unknown>> {
  /** Not there at run time: lets other types find out which events an aggregate has. See {@link EventsOf}. */
  declare readonly [EVENTS]: Events;
  readonly #applier: EventApplier;
  readonly #id: string;
  readonly #state: S;
  #originalVersion: number;
  #changes: PendingEvent[] = [];

  /** Called by the repository: see `AggregateDefinition`. */
  constructor(applier: EventApplier, id: string, state: State, version: number) {
    this.#applier = applier;
    this.#id = id;
    // The definition makes the state from this class's own `State`, so it is one.
    this.#state = state as S;
    this.#originalVersion = version;
  }

  get id(): string {
    return this.#id;
  }

  /** To be read. It changes through events alone. */
  get state(): S {
    return this.#state;
  }

  /** The version at which it was loaded or last saved; 0 for a new one. */
  get originalVersion(): number {
    return this.#originalVersion;
  }

  /** The version that it will have once its changes are stored. */
  get version(): number {
    return this.#originalVersion + this.#changes.length;
  }

  /** What has happened since it was loaded or last saved. */
  get changes(): readonly PendingEvent[] {
    return this.#changes;
  }

  /**
   * Says that something has happened. The payload is copied, so what the caller does to it later changes neither the event
   * nor the State. Throws `ND_NOT_REPRESENTABLE` and `ND_UNKNOWN_EVENT`, and has then changed nothing.
   */
  protected on<Name extends NameOf<Events>>(name: Name, payload: PayloadAt<Events, Name>): void;
  /** The same for a map of classes: an instance says by its class which event it is. */
  protected on(event: InstanceIn<Events> & object): void;
  protected on(nameOrEvent: string | object, payload?: unknown): void {
    const name = typeof nameOrEvent === 'string' ? nameOrEvent : this.#applier.nameOf(nameOrEvent);
    const given = typeof nameOrEvent === 'string' ? payload : nameOrEvent;
    const pending: PendingEvent = { name, payload: copyPayload(this.#applier.plain(name, given)) };
    // The State may keep and change what it is given; the event must stay as it was.
    this.#applier.apply(this.#state, name, copyAgain(pending.payload), this.#id, this.version + 1);
    this.#changes.push(pending);
  }

  /** For the repository: the first so many changes are stored. What has happened since then is still to be. */
  static markSaved(aggregate: Aggregate, count: number): void {
    aggregate.#originalVersion += count;
    aggregate.#changes = aggregate.#changes.length === count ? [] : aggregate.#changes.slice(count);
  }
}

/** An aggregate's class, as it is bound and asked for. */
export interface AggregateClass<A extends Aggregate = Aggregate> {
  new (applier: EventApplier, id: string, state: State, version: number): A;
  readonly State: StateClass;
  /**
   * What its streams are named after. Say it where a minifier shortens class names.
   * @default the name of the class
   */
  readonly aggregateName?: string;
  /** How its events have changed: see `eventHistory()`. */
  readonly history?: object;
  /** Its events, when they are a map of classes. */
  readonly Events?: object;
}
