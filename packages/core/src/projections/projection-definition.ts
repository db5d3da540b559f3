import { DomainError } from '../kernel/domain-error.ts';
import { ConfigurationError } from '../kernel/errors.ts';
import type { AggregateEvent } from '../event-sourcing/aggregate-event.ts';
import { asynchronousMethod, isAsynchronous, mayBeHelper, methodsByMessage } from '../kernel/conventions.ts';
import { fingerprintOf } from '../keeping/fingerprint.ts';
import type { MessageHandler } from '../bus/handling.ts';
import type { ComponentHandlers } from '../bus/processor.ts';
import { eventOf } from '../cqrs/incoming.ts';
import type { EventForms } from '../event-sourcing/event-forms.ts';
import type { AggregateClass } from '../aggregates/aggregate.ts';
import type { AggregateDefinition } from '../aggregates/aggregate-definition.ts';
import {
  ManyStreamsRunner,
  ProjectionTools,
  StreamRunner,
  type ProjectionRunner,
  type ProjectionServices,
} from './projection-runner.ts';
import type { Projection, ProjectionClass } from './projection.ts';

/** What a projection's class says, checked: its name, its kind, and the aggregates that it follows. */
export class ProjectionDefinition {
  readonly name: string;
  readonly isOverMany: boolean;
  readonly #class: ProjectionClass;
  readonly #instance: Projection<object>;

  constructor(projectionClass: ProjectionClass) {
    this.#class = projectionClass;
    this.name = projectionClass.projectionName ?? projectionClass.name;
    this.#instance = new projectionClass();
    // On the instance, because it may be written as a field.
    this.isOverMany = this.#instance.viewsOf !== undefined;
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

  runner(sources: readonly AggregateDefinition[], services: ProjectionServices): ProjectionRunner {
    const tools = new ProjectionTools(this.name, this.#instance, eventNamesOf(sources), services);
    return this.isOverMany ? new ManyStreamsRunner(tools) : new StreamRunner(tools);
  }

  /** Marks the code that makes its views: the declared revision, else a fingerprint of the code. */
  get madeBy(): string {
    const { revision } = this.#class;
    return revision === undefined ? fingerprintOf(this.#class, []) : `r${revision}`;
  }

  /**
   * The component that keeps its views up to date: it takes all events of its sources, also those without a method, because
   * they advance the version. Throws `ND_CONFIGURATION` for a method that no event of its sources belongs to, and for one that cannot work.
   */
  component(sources: readonly AggregateDefinition[], runner: ProjectionRunner, forms: EventForms): ComponentHandlers {
    const names = eventNamesOf(sources);
    for (const [name, method] of methodsByMessage(this.#instance, 'on')) {
      if (isAsynchronous(method))
        throw asynchronousMethod(this.#class.name, name, 'the view is stored when it returns');
      if (names.has(name) || mayBeHelper(name, names)) continue;
      throw new ConfigurationError(
        `${this.#class.name} has a method on${name}, but ${sources.map((source) => source.name).join(' and ')} ` +
          `has no event "${name}". It has ${[...names].join(', ')}. Correct the method's name, or add the aggregate to its source.`,
      );
    }
    const followed = new Set(sources.map((source) => source.name));
    const handler: MessageHandler = (payload, context) =>
      // Another aggregate may have an event of the same name.
      followed.has(context.aggregateName)
        ? handled(runner, context.aggregateName, forms.whole(context.aggregateName, eventOf(payload, context)))
        : undefined;
    return { component: this.name, handlers: new Map([...names].map((name) => [name, handler])) };
  }
}

/** Nobody can say no to what has happened: in a projection an error of the domain is a mistake like any other. */
async function handled(runner: ProjectionRunner, aggregateName: string, event: AggregateEvent): Promise<void> {
  try {
    await runner.handle(aggregateName, event);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    throw new Error(`a projection cannot reject an event: ${error.message}`, { cause: error });
  }
}

function eventNamesOf(sources: readonly AggregateDefinition[]): ReadonlySet<string> {
  return new Set(sources.flatMap(({ eventNames }) => eventNames));
}
