import { AggregateNotBoundError, ConfigurationError } from '../kernel/errors.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Gate } from '../kernel/gate.ts';
import type { Logger } from '../kernel/logger.ts';
import type { MessageDefinitions } from '../kernel/message-map.ts';
import type { MessageRegistry } from '../kernel/message-registry.ts';
import type { ComponentHandlers, Processor } from '../bus/processor.ts';
import { DeadLetterTool } from '../bus/dead-letter-tool.ts';
import type { QueueFigures, Transport } from '../bus/transport/transport.ts';
import type { Aggregate, AggregateClass } from '../aggregates/aggregate.ts';
import type { AggregateDefinition } from '../aggregates/aggregate-definition.ts';
import { AggregateRepository, type RepositoryServices } from '../aggregates/aggregate-repository.ts';
import type { CommandBus, CommandSender } from '../cqrs/command-bus.ts';
import type { EventBus, EventPublisher } from '../cqrs/event-bus.ts';
import type { Outcomes } from '../outcomes/outcomes.ts';
import type { EventForms } from '../event-sourcing/event-forms.ts';
import type { EventStore } from '../event-sourcing/event-store.ts';
import type { RecoveryLoop } from '../event-sourcing/recovery-loop.ts';
import { aggregateNameOf } from '../event-sourcing/stream-id.ts';
import { ProjectionDefinition } from '../projections/projection-definition.ts';
import type { ProjectionServices } from '../projections/projection-runner.ts';
import type { Projection, ProjectionClass } from '../projections/projection.ts';
import type { QueryStore } from '../projections/query-store.ts';
import { Views } from '../projections/views.ts';
import type { Backend } from './backend.ts';
import { healthOf, statsOf, type ContextHealth, type ContextStats } from './figures.ts';

/** What a context is made of; `assemble` makes it. */
export interface ContextParts {
  readonly eventStore: EventStore;
  readonly forms: EventForms;
  readonly commandBus: CommandBus;
  readonly eventBus: EventBus;
  readonly queryStore: QueryStore;
  readonly outcomes: Outcomes;
  readonly transport: Transport;
  readonly registry: MessageRegistry;
  readonly logger: Logger;
  readonly definitions: ReadonlyMap<AggregateClass, AggregateDefinition>;
  readonly repositoryServices: RepositoryServices;
  readonly processors: readonly Processor[];
  readonly recovery: RecoveryLoop;
  readonly backends: readonly Backend[];
  readonly clock: Clock;
  /** Closed when the context is stopped. */
  readonly gate: Gate;
  /** Stops what was started, in order. */
  readonly stop: () => Promise<void>;
}

// A view's type says which projection class it belongs to; the constructor's parameters say nothing about it.
type ViewOf<P> = P extends abstract new () => Projection<infer View> ? View : never;

/** The running whole. Made by `DomainContext.configure()…start()`; ended by `stop()` or `await using`. */
export class RunningContext implements AsyncDisposable {
  readonly #parts: ContextParts;
  readonly #repositories = new Map<AggregateClass, unknown>();
  readonly #projections = new Map<ProjectionClass, ProjectionDefinition>();
  #stopping: Promise<void> | undefined;

  constructor(parts: ContextParts) {
    this.#parts = parts;
  }

  get eventStore(): EventStore {
    return this.#parts.eventStore;
  }

  get commandBus(): CommandBus {
    return this.#parts.commandBus;
  }

  get eventBus(): EventBus {
    return this.#parts.eventBus;
  }

  get queryStore(): QueryStore {
    return this.#parts.queryStore;
  }

  /** What became of messages that were sent with `{ outcome: true }`. */
  get outcomes(): Outcomes {
    return this.#parts.outcomes;
  }

  get processors(): readonly Processor[] {
    return this.#parts.processors;
  }

  /** Sends the commands of a message map. A map of validators or classes is passed as a value: `context.commands(SaleCommands)`. */
  commands<Commands>(definitions?: Commands & MessageDefinitions): CommandSender<Commands> {
    if (definitions !== undefined) this.#parts.registry.register(definitions);
    return this.#parts.commandBus;
  }

  /** Publishes the events of a message map. */
  events<Events>(definitions?: Events & MessageDefinitions): EventPublisher<Events> {
    if (definitions !== undefined) this.#parts.registry.register(definitions);
    return this.#parts.eventBus;
  }

  /** The repository of a bound aggregate. Throws `ND_AGGREGATE_NOT_BOUND`. */
  repository<A extends Aggregate>(aggregate: AggregateClass<A>): AggregateRepository<A> {
    const known = this.#repositories.get(aggregate);
    if (known !== undefined) return known as AggregateRepository<A>;
    const definition = this.#definitionOf(aggregate) as AggregateDefinition<A>;
    const repository = new AggregateRepository(definition, this.#parts.repositoryServices);
    this.#repositories.set(aggregate, repository);
    return repository;
  }

  /** The views of a projection, to be read; whether this process keeps them up to date or another. */
  views<P extends ProjectionClass>(projection: P): Views<ViewOf<P> & object> {
    const { name, isOverMany } = this.#projectionOf(projection);
    return new Views(name, isOverMany, this.#parts.queryStore);
  }

  /**
   * Applies all stored events that a projection has not seen yet: for one that is new, or whose views were lost. Runs beside
   * the normal work. Throws `ND_UNSUPPORTED` where the event store has no order across streams. Resolves with the number of events read.
   */
  async catchUp(projection: ProjectionClass): Promise<number> {
    this.#parts.gate.check('catchUp()');
    const definition = this.#projectionOf(projection);
    const sources = definition.sources.map((source) => this.#definitionOf(source));
    const followed = new Set(sources.map(({ name }) => name));
    const runner = definition.runner(sources, this.#projectionServices);
    let read = 0;
    for (let after: string | undefined; ;) {
      const page = await this.eventStore.readAll(after);
      for (const event of page.events) {
        const aggregateName = aggregateNameOf(event.streamId);
        if (followed.has(aggregateName)) await runner.handle(aggregateName, event);
      }
      read += page.events.length;
      if (!page.hasMore) return read;
      after = page.cursor;
    }
  }

  /** The messages that an endpoint has given up on: to be listed, grouped, retried, edited, purged. */
  deadLetters(endpoint: string): DeadLetterTool {
    return new DeadLetterTool(endpoint, this.#parts.transport, this.#parts.gate);
  }

  /** How each part of this process is, since when, and what went wrong last. */
  health(): ContextHealth {
    const { processors, recovery, backends } = this.#parts;
    return healthOf(processors, recovery, backends);
  }

  /** What this process has done, and what waits for it and for others. */
  stats(): Promise<ContextStats> {
    const { processors, transport, eventStore, clock } = this.#parts;
    return statsOf(processors, transport, eventStore, clock);
  }

  /** How many messages an endpoint has waiting, delayed, in flight and dead. */
  figures(endpoint: string): Promise<QueueFigures> {
    return this.#parts.transport.figures(endpoint);
  }

  /** G9: takes no new message, lets running handlers finish within their deadline, gives the rest back, closes what was opened. */
  stop(): Promise<void> {
    this.#parts.gate.close();
    this.#stopping ??= this.#parts.stop();
    return this.#stopping;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /** The handlers of a projection: for `handlerTable`. */
  projectionComponent(projection: ProjectionClass): ComponentHandlers {
    const definition = this.#projectionOf(projection);
    const sources = definition.sources.map((source) => this.#definitionOf(source));
    return definition.component(sources, definition.runner(sources, this.#projectionServices), this.#parts.forms);
  }

  get #projectionServices(): ProjectionServices {
    const { queryStore: queries, eventStore, forms } = this.#parts;
    return { queries, eventStore, forms };
  }

  #projectionOf(projection: ProjectionClass): ProjectionDefinition {
    const known = this.#projections.get(projection);
    if (known !== undefined) return known;
    const definition = new ProjectionDefinition(projection);
    for (const other of this.#projections.values()) {
      if (other.name !== definition.name) continue;
      throw new ConfigurationError(
        `Two projections are named "${other.name}", so their views would mix. Name one: static readonly projectionName = 'another';`,
      );
    }
    this.#projections.set(projection, definition);
    return definition;
  }

  #definitionOf(aggregate: AggregateClass): AggregateDefinition {
    const definition = this.#parts.definitions.get(aggregate);
    if (definition !== undefined) return definition;
    throw new AggregateNotBoundError(
      aggregate.aggregateName ?? aggregate.name,
      [...this.#parts.definitions.values()].map(({ name }) => name),
    );
  }
}
