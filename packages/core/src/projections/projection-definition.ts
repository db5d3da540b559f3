import { ConfigurationError } from '../kernel/errors.ts';
import { methodsByMessage } from '../kernel/conventions.ts';
import type { MessageHandler } from '../bus/handling.ts';
import type { ComponentHandlers } from '../bus/processor.ts';
import { eventOf } from '../cqrs/incoming.ts';
import type { EventStore } from '../event-sourcing/event-store.ts';
import type { AggregateClass } from '../aggregates/aggregate.ts';
import type { AggregateDefinition } from '../aggregates/aggregate-definition.ts';
import { ManyStreamsRunner, ProjectionTools, StreamRunner, type ProjectionRunner } from './projection-runner.ts';
import type { ProjectionClass } from './projection.ts';
import type { QueryStore } from './query-store.ts';

/** What a projection's class says, checked: its name, its kind, and the aggregates that it follows. */
export class ProjectionDefinition {
  readonly name: string;
  readonly isOverMany: boolean;
  readonly #class: ProjectionClass;

  constructor(projectionClass: ProjectionClass) {
    this.#class = projectionClass;
    this.name = projectionClass.projectionName ?? projectionClass.name;
    this.isOverMany = 'viewsOf' in (projectionClass.prototype as object);
  }

  get sources(): readonly AggregateClass[] {
    const { source } = this.#class;
    if (source === undefined) {
      throw new ConfigurationError(
        `${this.#class.name} does not say whose events it follows. Add it: static readonly source = Sale;`,
      );
    }
    return Array.isArray(source) ? (source as readonly AggregateClass[]) : [source as AggregateClass];
  }

  runner(queries: QueryStore, eventStore: EventStore): ProjectionRunner {
    const tools = new ProjectionTools(this.name, new this.#class(), queries, eventStore);
    return this.isOverMany ? new ManyStreamsRunner(tools) : new StreamRunner(tools);
  }

  /**
   * The component that keeps its views up to date: it takes all events of its sources, also those without a method, because
   * they advance the version. Throws `ND_CONFIGURATION` for a method that no event of its sources belongs to.
   */
  component(sources: readonly AggregateDefinition[], runner: ProjectionRunner): ComponentHandlers {
    const names = new Set(sources.flatMap(({ eventNames }) => eventNames));
    for (const name of methodsByMessage(this.#class.prototype as object, 'on').keys()) {
      if (names.has(name)) continue;
      throw new ConfigurationError(
        `${this.#class.name} has a method on${name}, but ${sources.map((source) => source.name).join(' and ')} ` +
          `has no event "${name}". It has ${[...names].join(', ')}. Correct the method's name, or add the aggregate to its source.`,
      );
    }
    const followed = new Set(sources.map((source) => source.name));
    const handler: MessageHandler = (payload, context) =>
      // Another aggregate may have an event of the same name.
      followed.has(context.aggregateName) ? runner.handle(context.aggregateName, eventOf(payload, context)) : undefined;
    return { component: this.name, handlers: new Map([...names].map((name) => [name, handler])) };
  }
}
