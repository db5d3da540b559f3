import { methodsByMessage, type Method } from '../kernel/conventions.ts';
import { AsyncMethodError, ConfigurationError, UnknownEventError } from '../kernel/errors.ts';
import { copyPayload } from '../kernel/payload.ts';
import { isPromise } from '../kernel/promise-or-value.ts';
import type { AggregateEvent } from '../event-sourcing/aggregate-event.ts';
import type { EventForms } from '../event-sourcing/event-forms.ts';
import type { EventStore } from '../event-sourcing/event-store.ts';
import { streamIdOf } from '../event-sourcing/stream-id.ts';
import type { Projection } from './projection.ts';
import type { QueryStore } from './query-store.ts';

type ApplyToView = (this: object, view: object, payload: unknown, event: AggregateEvent) => unknown;

/** Applies the events of one stream, from where it stands up to and with the event that was delivered. */
export interface ProjectionRunner {
  handle(aggregateName: string, event: AggregateEvent): Promise<void>;
}

/** What a projection works with. */
export interface ProjectionServices {
  readonly queries: QueryStore;
  readonly eventStore: EventStore;
  readonly forms: EventForms;
}

/**
 * What both kinds of runner need: the methods by event, the views by id, and the events that were missed. A view sees the same live as in a
 * replay: each application of an event gets an event of its own, and a view as it would come back from the store.
 */
export class ProjectionTools {
  readonly name: string;
  readonly queries: QueryStore;
  readonly #projection: Projection<object>;
  readonly #services: ProjectionServices;
  readonly #eventNames: ReadonlySet<string>;
  readonly #methods: ReadonlyMap<string, Method>;

  /** `eventNames`: of all events of its sources. */
  constructor(
    name: string,
    projection: Projection<object>,
    eventNames: ReadonlySet<string>,
    services: ProjectionServices,
  ) {
    this.name = name;
    this.queries = services.queries;
    this.#projection = projection;
    this.#services = services;
    this.#eventNames = eventNames;
    // From the instance on: a method that is written as a field satisfies the types as well.
    this.#methods = methodsByMessage(projection, 'on');
  }

  queryIdOf(viewId: string): string {
    return `${this.name}/${viewId}`;
  }

  /** A view before its first event, which is nobody else's. */
  initial(viewId: string): object {
    return copyPayload(this.#projection.initial(viewId)) as object;
  }

  viewsOf(aggregateName: string, event: AggregateEvent): readonly string[] {
    if (this.#projection.viewsOf === undefined) return [event.aggregateId];
    const ids: unknown = this.#projection.viewsOf(this.#services.forms.copyOf(aggregateName, event));
    if (Array.isArray(ids)) return ids as readonly string[];
    throw new ConfigurationError(
      `${this.name}.viewsOf must return the ids of the views, an array of texts; for "${event.name}" it returned ` +
        `${isPromise(ids) ? 'a promise. It cannot wait: what it needs has to be in the event' : typeof ids}.`,
    );
  }

  /**
   * The view as the event leaves it. An event that the projection has no method for changes nothing; one that its source does not know, because
   * another version of the program stored it, is refused: nobody could apply it later.
   */
  apply(aggregateName: string, view: object, event: AggregateEvent): void {
    const { name, aggregateId, sequenceId } = event;
    if (!this.#eventNames.has(name)) {
      throw new UnknownEventError(streamIdOf(aggregateName, aggregateId), sequenceId, name, [...this.#eventNames]);
    }
    const method = this.#methods.get(name) as ApplyToView | undefined;
    if (method === undefined) return;
    const own = this.#services.forms.copyOf(aggregateName, event);
    const result = method.call(this.#projection, view, own.payload, own);
    if (isPromise(result))
      throw new AsyncMethodError(`${this.name}.on${name}`, 'a view is stored when it returns', result);
  }

  /** The events after `version` up to and with `event`: usually that one alone, else what is missing from the store. */
  async *upTo(
    aggregateName: string,
    event: AggregateEvent,
    version: number,
  ): AsyncGenerator<readonly AggregateEvent[]> {
    if (event.sequenceId > version + 1) {
      const streamId = streamIdOf(aggregateName, event.aggregateId);
      yield* this.#services.eventStore.load(streamId, version + 1, event.sequenceId - 1);
    }
    yield [event];
  }
}

/** One view per aggregate: its version is the aggregate's. */
export class StreamRunner implements ProjectionRunner {
  readonly #tools: ProjectionTools;

  constructor(tools: ProjectionTools) {
    this.#tools = tools;
  }

  async handle(aggregateName: string, event: AggregateEvent): Promise<void> {
    const { queries } = this.#tools;
    const id = this.#tools.queryIdOf(event.aggregateId);
    for (;;) {
      const { version, data } = await queries.get(id);
      if (version >= event.sequenceId) return;
      let view = (data as object | undefined) ?? this.#tools.initial(event.aggregateId);
      if (event.sequenceId === version + 1) {
        this.#tools.apply(aggregateName, view, event);
      } else {
        for await (const events of this.#tools.upTo(aggregateName, event, version)) {
          for (const each of events) {
            this.#tools.apply(aggregateName, view, each);
            // As it would come back from the store between two events.
            view = copyPayload(view) as object;
          }
        }
      }
      // When somebody else moved the view meanwhile, what they left is the new beginning.
      if (await queries.set(id, version, event.sequenceId, view)) return;
    }
  }
}

/** A view over many streams, with the place it has reached in each of them. */
interface ManyStreamsView {
  readonly view: object;
  readonly sources: Record<string, number>;
}

/**
 * Views over many aggregates. Each view remembers how far it has come in each stream that it has seen, which makes every change
 * take effect once; a checkpoint per stream makes sure that its events are applied in order.
 */
export class ManyStreamsRunner implements ProjectionRunner {
  readonly #tools: ProjectionTools;

  constructor(tools: ProjectionTools) {
    this.#tools = tools;
  }

  async handle(aggregateName: string, event: AggregateEvent): Promise<void> {
    const { queries, name } = this.#tools;
    const streamId = streamIdOf(aggregateName, event.aggregateId);
    const checkpointId = `${name}:checkpoint/${streamId}`;
    for (;;) {
      const { version } = await queries.get(checkpointId);
      if (version >= event.sequenceId) return;
      for await (const events of this.#tools.upTo(aggregateName, event, version)) {
        for (const each of events) await this.#applyToAll(aggregateName, streamId, each);
      }
      if (await queries.set(checkpointId, version, event.sequenceId, null)) return;
    }
  }

  async #applyToAll(aggregateName: string, streamId: string, event: AggregateEvent): Promise<void> {
    for (const viewId of new Set(this.#tools.viewsOf(aggregateName, event))) {
      await this.#applyTo(viewId, aggregateName, streamId, event);
    }
  }

  async #applyTo(viewId: string, aggregateName: string, streamId: string, event: AggregateEvent): Promise<void> {
    const { queries } = this.#tools;
    const id = this.#tools.queryIdOf(viewId);
    for (;;) {
      const { version, data } = await queries.get(id);
      const { view, sources } = (data as ManyStreamsView | undefined) ?? {
        view: this.#tools.initial(viewId),
        sources: {},
      };
      if ((sources[streamId] ?? 0) >= event.sequenceId) return;
      this.#tools.apply(aggregateName, view, event);
      sources[streamId] = event.sequenceId;
      if (await queries.set(id, version, version + 1, { view, sources })) return;
    }
  }
}
