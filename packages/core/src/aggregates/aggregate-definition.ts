import { ConfigurationError, UnknownEventError } from '../kernel/errors.ts';
import {
  asynchronousMethod,
  isAsynchronous,
  methodFor,
  methodsByMessage,
  ownMethodsByMessage,
  type Method,
} from '../kernel/conventions.ts';
import { MessageRegistry } from '../kernel/message-registry.ts';
import type { MessageDefinitions } from '../kernel/message-map.ts';
import type { AggregateEvent } from '../event-sourcing/aggregate-event.ts';
import type { EventForm } from '../event-sourcing/event-forms.ts';
import { EventHistory } from '../event-sourcing/event-history.ts';
import type { Snapshot } from '../event-sourcing/snapshot-store.ts';
import { checkAggregateName, streamIdOf } from '../event-sourcing/stream-id.ts';
import type { Aggregate, AggregateClass, EventApplier } from './aggregate.ts';
import { checkResult, foldOf, STATE_IS_READ, type Apply, type Fold } from './fold-events.ts';
import type { State, StateClass } from './state.ts';
import { StateKeeper } from './state-keeper.ts';

/** A State as it is kept. */
export interface KeptState {
  readonly snapshot: Snapshot;
  /** A class of something in it that has no name to be stored under. */
  readonly unnamedClass: string | undefined;
}

/**
 * Everything about one kind of aggregate, resolved into tables once: its name, which method of the State takes which event,
 * how old events become today's, how instances are made.
 */
export class AggregateDefinition<A extends Aggregate = Aggregate> implements EventApplier {
  readonly name: string;
  readonly history: EventHistory;
  /** How its States are kept. */
  readonly keeper: StateKeeper;
  readonly #class: AggregateClass<A>;
  readonly #methods: ReadonlyMap<string, Apply>;
  readonly #fold: Fold;
  readonly #messages = new MessageRegistry();
  /** Whether payloads are given prototypes: where the events are a map of classes. */
  readonly #hydrates: boolean;

  /** Throws `ND_CONFIGURATION` for a class that cannot work, naming what is missing. */
  constructor(aggregateClass: AggregateClass<A>) {
    this.#class = aggregateClass;
    this.name = nameOf(aggregateClass);
    this.history = historyOf(aggregateClass);
    if (aggregateClass.Events !== undefined) this.#messages.register(aggregateClass.Events as MessageDefinitions);
    this.#hydrates = this.#messages.hasClasses;
    this.#methods = tableOf(this.name, aggregateClass, this.#messages);
    this.#fold = foldOf(this.#methods);
    checkHistory(this.name, this.history, new Set(this.#methods.keys()));
    this.keeper = new StateKeeper(aggregateClass.State, this.#messages.classes, this.history.fingerprint);
  }

  /** The names of the events that the State knows. */
  get eventNames(): readonly string[] {
    return [...this.#methods.keys()];
  }

  streamIdOf(aggregateId: string): string {
    return streamIdOf(this.name, aggregateId);
  }

  nameOf(event: object): string {
    return this.#messages.nameOf(event);
  }

  /** A new aggregate, at version 0. */
  create(id: string): A {
    return this.#instance(id, new this.#class.State(), 0);
  }

  /** An aggregate as its events left it. Throws `ND_UNKNOWN_EVENT`. */
  fromEvents(id: string, events: readonly AggregateEvent[]): A {
    const state = new this.#class.State();
    return this.#instance(id, state, this.fold(state, id, 0, events));
  }

  /** An aggregate as the events behind the snapshot left it, or `undefined` when the snapshot is none of today's code. */
  fromSnapshot(id: string, snapshot: Snapshot, tail: readonly AggregateEvent[]): A | undefined {
    const state = this.restore(snapshot);
    return state === undefined ? undefined : this.#instance(id, state, this.fold(state, id, snapshot.version, tail));
  }

  /** A State that has already been built, as an aggregate. */
  fromState(id: string, state: State, version: number): A {
    return this.#instance(id, state, version);
  }

  newState(): State {
    return new this.#class.State();
  }

  /** The snapshot of an aggregate that has no pending changes. Throws {@link UnkeepableError}. */
  snapshotOf(aggregate: Aggregate): KeptState {
    const { data, unnamedClass } = this.keeper.keep(aggregate.state);
    return { snapshot: { version: aggregate.version, madeBy: this.keeper.madeBy, data }, unnamedClass };
  }

  /** The State in a snapshot, or `undefined` when other code made it. Throws for one that no code can have made. */
  restore({ madeBy, data }: Snapshot): State | undefined {
    return madeBy === this.keeper.madeBy ? this.keeper.restore(data) : undefined;
  }

  /** How its stored events are read. */
  get form(): EventForm {
    return { history: this.history, messages: this.#messages };
  }

  /** An event as plain data, which may be given as an instance of its class. */
  plain(name: string, payload: unknown): unknown {
    return this.#messages.plain(name, payload);
  }

  /** Applies events, in order, and returns the version that they lead to. Throws `ND_UNKNOWN_EVENT`. */
  fold(state: State, id: string, version: number, events: readonly AggregateEvent[]): number {
    if (this.#hydrates) {
      for (const { name, payload, sequenceId } of events) this.apply(state, name, payload, id, sequenceId);
    } else {
      const unknown = this.#fold(state, events);
      if (unknown !== undefined) throw this.#unknown(id, unknown.sequenceId, unknown.name);
    }
    return events.at(-1)?.sequenceId ?? version;
  }

  apply(state: State, name: string, payload: unknown, id: string, version: number): void {
    const apply = this.#methods.get(name);
    if (apply === undefined) throw this.#unknown(id, version, name);
    const result = apply.call(state, this.#hydrates ? this.#messages.hydrate(name, payload) : payload);
    if (result !== undefined) checkResult(state, name, result);
  }

  #instance(id: string, state: State, version: number): A {
    return new this.#class(this, id, state, version);
  }

  #unknown(id: string, version: number, name: string): UnknownEventError {
    return new UnknownEventError(this.streamIdOf(id), version, name, this.eventNames);
  }
}

function nameOf(aggregateClass: AggregateClass): string {
  const name = aggregateClass.aggregateName ?? aggregateClass.name;
  checkAggregateName(name);
  return name;
}

function historyOf(aggregateClass: AggregateClass): EventHistory {
  const { history } = aggregateClass;
  if (history === undefined) return new EventHistory();
  if (history instanceof EventHistory) return history as EventHistory;
  throw new ConfigurationError(
    `${aggregateClass.name}.history must be made with eventHistory(): static readonly history = eventHistory<…>().renamed(…);`,
  );
}

/** A misspelt name would change nothing, silently. */
function checkHistory(name: string, history: EventHistory, eventNames: ReadonlySet<string>): void {
  const [stranger] = history.strangers(eventNames);
  if (stranger === undefined) return;
  throw new ConfigurationError(
    `The history of ${name} speaks of "${stranger}", which is no event of it (it has ${[...eventNames].join(', ')}). ` +
      `Correct the name; or say what it is called today, before it is revised: .renamed('${stranger}', …).`,
  );
}

/** What is written as a field is another function in each State, and what waits would change the State after the decision. */
function checkMethods(stateClass: StateClass, methods: ReadonlyMap<string, Method>): void {
  const { name } = stateClass;
  for (const [event, method] of methods) {
    if (isAsynchronous(method)) throw asynchronousMethod(name, event, STATE_IS_READ);
  }
  for (const event of ownMethodsByMessage(new stateClass(), 'on').keys()) {
    const field = methodFor(event, 'on');
    throw new ConfigurationError(`${name}.${field} is a field. Write it as a method: ${field}(event) { … }`);
  }
}

function tableOf(name: string, aggregateClass: AggregateClass, messages: MessageRegistry): ReadonlyMap<string, Apply> {
  if (typeof aggregateClass.State !== 'function') {
    throw new ConfigurationError(`${name} has no State. Add it: static readonly State = ${name}State;`);
  }
  const stateClass: StateClass = aggregateClass.State;
  const methods = methodsByMessage(stateClass.prototype, 'on');
  checkMethods(stateClass, methods);
  for (const event of messages.names) {
    if (!methods.has(event)) {
      throw new ConfigurationError(
        `${aggregateClass.State.name} has no method for the event "${event}". Add it: ${methodFor(event, 'on')}(event) { … }`,
      );
    }
  }
  if (methods.size === 0) {
    throw new ConfigurationError(
      `${aggregateClass.State.name} has no on<Event> method, so no event could change it. Add one: onSaleCreated(event) { … }`,
    );
  }
  return methods as ReadonlyMap<string, Method> as ReadonlyMap<string, Apply>;
}
