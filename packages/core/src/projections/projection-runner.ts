import { methodsByMessage, type Method } from '../kernel/conventions.ts';
import type { AggregateEvent } from '../event-sourcing/aggregate-event.ts';
import type { EventStore } from '../event-sourcing/event-store.ts';
import { streamIdOf } from '../event-sourcing/stream-id.ts';
import type { Projection } from './projection.ts';
import type { QueryStore } from './query-store.ts';

type ApplyToView = (this: object, view: object, payload: unknown, event: AggregateEvent) => void;

/** Applies the events of one stream, from where it stands up to and with the event that was delivered. */
export interface ProjectionRunner {
  handle(aggregateName: string, event: AggregateEvent): Promise<void>;
}

/** What both kinds of runner need: the methods by event, the views by id, and the events that were missed. */
export class ProjectionTools {
  readonly name: string;
  readonly queries: QueryStore;
  readonly #projection: Projection<object>;
  readonly #eventStore: EventStore;
  readonly #methods: ReadonlyMap<string, Method>;

  constructor(name: string, projection: Projection<object>, queries: QueryStore, eventStore: EventStore) {
    this.name = name;
    this.queries = queries;
    this.#projection = projection;
    this.#eventStore = eventStore;
    this.#methods = methodsByMessage(Object.getPrototypeOf(projection) as object, 'on');
  }

  queryIdOf(viewId: string): string {
    return `${this.name}/${viewId}`;
  }

  initial(viewId: string): object {
    return this.#projection.initial(viewId);
  }

  viewsOf(event: AggregateEvent): readonly string[] {
    return this.#projection.viewsOf?.(event) ?? [event.aggregateId];
  }

  /** Changes a view. An event that the projection has no method for changes nothing. */
  apply(view: object, event: AggregateEvent): void {
    const method = this.#methods.get(event.name) as ApplyToView | undefined;
    method?.call(this.#projection, view, event.payload, event);
  }

  /** The events after `version` up to and with `event`: usually that one alone, else what is missing from the store. */
  async *upTo(
    aggregateName: string,
    event: AggregateEvent,
    version: number,
  ): AsyncGenerator<readonly AggregateEvent[]> {
    if (event.sequenceId > version + 1) {
      const streamId = streamIdOf(aggregateName, event.aggregateId);
      yield* this.#eventStore.load(streamId, version + 1, event.sequenceId - 1);
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
      const view = (data as object | undefined) ?? this.#tools.initial(event.aggregateId);
      if (event.sequenceId === version + 1) {
        this.#tools.apply(view, event);
      } else {
        for await (const events of this.#tools.upTo(aggregateName, event, version)) {
          for (const each of events) this.#tools.apply(view, each);
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
        for (const each of events) await this.#applyToAll(streamId, each);
      }
      if (await queries.set(checkpointId, version, event.sequenceId, null)) return;
    }
  }

  async #applyToAll(streamId: string, event: AggregateEvent): Promise<void> {
    for (const viewId of new Set(this.#tools.viewsOf(event))) await this.#applyTo(viewId, streamId, event);
  }

  async #applyTo(viewId: string, streamId: string, event: AggregateEvent): Promise<void> {
    const { queries } = this.#tools;
    const id = this.#tools.queryIdOf(viewId);
    for (;;) {
      const { version, data } = await queries.get(id);
      const { view, sources } = (data as ManyStreamsView | undefined) ?? {
        view: this.#tools.initial(viewId),
        sources: {},
      };
      if ((sources[streamId] ?? 0) >= event.sequenceId) return;
      this.#tools.apply(view, event);
      sources[streamId] = event.sequenceId;
      if (await queries.set(id, version, version + 1, { view, sources })) return;
    }
  }
}
