import { ConfigurationError, UnknownMessageError } from '../kernel/errors.ts';
import { mayBeHelper } from '../kernel/conventions.ts';
import type { MessageRegistry } from '../kernel/message-registry.ts';
import type { MessageHandler } from '../bus/handling.ts';
import type { ComponentHandlers } from '../bus/processor.ts';
import type { HandlerTable } from '../bus/endpoint-services.ts';
import { withInbox, type Inbox } from '../bus/inbox.ts';
import type { WorkerOptions } from '../bus/worker-options.ts';
import { componentOf, handlersOf } from '../cqrs/class-handlers.ts';
import { incoming } from '../cqrs/incoming.ts';
import type { EventForms } from '../event-sourcing/event-forms.ts';
import type { Outcomes } from '../outcomes/outcomes.ts';
import { withOutcome } from '../outcomes/with-outcome.ts';
import type { RunningContext } from './running-context.ts';
import type { ProcessorSettings, Registration } from './processor-builder.ts';
import type { Constructor, Resolver } from './settings.ts';

/** What the handlers of an endpoint are made with. */
export interface HandlerServices {
  readonly context: RunningContext;
  readonly resolver: Resolver | undefined;
  readonly registry: MessageRegistry;
  readonly forms: EventForms;
  readonly inbox: Inbox;
  readonly outcomes: Outcomes;
  /** Names that may be handled although no message map declares them: the events of bound aggregates. */
  readonly eventNames: ReadonlySet<string>;
}

/** Makes all handlers of an endpoint, and resolves them into one table. Throws `ND_CONFIGURATION` and `ND_UNKNOWN_MESSAGE`. */
export function handlerTable(
  { endpoint, registrations, worker }: ProcessorSettings,
  services: HandlerServices,
): HandlerTable {
  const table = new Map<string, Map<string, MessageHandler>>();
  for (const registration of registrations) {
    const { component, handlers } = componentHandlers(registration, services);
    const known = table.get(component) ?? new Map<string, MessageHandler>();
    table.set(component, known);
    for (const [name, handler] of handlers) {
      if (isHelper(name, services)) continue;
      checkName(name, component, services);
      if (known.has(name)) {
        throw new ConfigurationError(
          `The endpoint "${endpoint}" has two handlers of "${name}" in the component "${component}". ` +
            "Remove one, or give it a name of its own: registerHandler(…, { component: 'another' }).",
        );
      }
      known.set(name, entered(handler, component, registration, worker, services));
    }
  }
  for (const handlers of table.values()) addFormerNames(handlers, services.forms);
  return table;
}

/** G14: an event that waits under a former name, or that an older process still stores under it, reaches the handler of today's. */
function addFormerNames(handlers: Map<string, MessageHandler>, forms: EventForms): void {
  for (const [name, handler] of handlers) {
    for (const former of forms.formerNamesOf(name)) if (!handlers.has(former)) handlers.set(former, handler);
  }
}

/** The handler as the worker calls it. A projection reads events by itself. */
function entered(
  handler: MessageHandler,
  component: string,
  registration: Registration,
  worker: WorkerOptions,
  { registry, forms, inbox, outcomes }: HandlerServices,
): MessageHandler {
  if (registration.kind === 'projection') return handler;
  const current = incoming(handler, registry, forms);
  const once = registration.options.inbox === true ? withInbox(current, component, inbox, worker.inboxMs) : current;
  return withOutcome(once, outcomes, worker.rejectedBy);
}

function componentHandlers(registration: Registration, services: HandlerServices): ComponentHandlers {
  switch (registration.kind) {
    case 'function':
      return {
        component: registration.options.component ?? registration.name,
        handlers: new Map([[registration.name, registration.handler]]),
      };
    case 'projection':
      return services.context.projectionComponent(registration.class);
    case 'instance': {
      const { instance, options } = registration;
      const component = options.component ?? componentOf(instance.constructor);
      return { component, handlers: handlersOf(instance) };
    }
    case 'class': {
      const component = registration.options.component ?? componentOf(registration.class);
      return { component, handlers: handlersOf(instanceOf(registration, services)) };
    }
  }
}

function instanceOf(
  registration: Extract<Registration, { kind: 'class' }>,
  { context, resolver }: HandlerServices,
): object {
  if (registration.factory !== undefined) return registration.factory(context);
  if (resolver !== undefined) return resolver(registration.class as Constructor<object>, context);
  const { name } = registration.class;
  throw new ConfigurationError(
    `Nobody says how to make ${name}. Pass a function: registerHandler(${name}, (c) => new ${name}(…)); ` +
      'or a resolver: .ioc(c => c.resolver((type) => container.resolve(type))).',
  );
}

/** A method that merely begins like one for a message. Where no message map is known, nobody can tell. */
function isHelper(name: string, { registry, eventNames }: HandlerServices): boolean {
  if (!registry.isComplete || registry.has(name) || eventNames.has(name)) return false;
  return mayBeHelper(name, [...registry.names, ...eventNames]);
}

function checkName(name: string, component: string, { registry, eventNames }: HandlerServices): void {
  if (!registry.isComplete || registry.has(name) || eventNames.has(name)) return;
  throw new UnknownMessageError(name, [...registry.names, ...eventNames], `${component} handles "${name}". `);
}
