import { methodsByMessage, type Method } from '../kernel/conventions.ts';
import { ConfigurationError } from '../kernel/errors.ts';
import type { MessageHandler } from '../bus/handling.ts';

/** A handler's class: `component` names what it is on the wire. Say it where a minifier shortens class names. */
export interface HandlerClass<Handler extends object = object> {
  new (...parameters: never): Handler;
  /** @default the name of the class */
  readonly component?: string;
}

/** What decorators say about a class, instead of the naming convention: message name → method name. */
export const DECORATED_HANDLERS = Symbol.for('ndomain.decoratedHandlers');

/** The component that a handler is, by its class. Throws `ND_CONFIGURATION`. */
export function componentOf(handlerClass: { readonly name: string; readonly component?: string }): string {
  const component = handlerClass.component ?? handlerClass.name;
  if (component !== '') return component;
  throw new ConfigurationError(
    "A handler has no name. Give its class one: static readonly component = 'sales'; or pass { component: 'sales' }.",
  );
}

/**
 * The handlers of an instance: its `handle<Command>` and `on<Event>` methods, and those that decorators name. Throws
 * `ND_CONFIGURATION` when there are none, or two for one message.
 */
export function handlersOf(instance: object): Map<string, MessageHandler> {
  const handlers = new Map<string, MessageHandler>();
  for (const [name, method] of methodsOf(instance)) {
    if (handlers.has(name)) {
      throw new ConfigurationError(
        `${instance.constructor.name} has two methods for the message "${name}". Keep one of handle${name} and on${name}.`,
      );
    }
    handlers.set(name, (payload, context) => (method as MessageHandler).call(instance, payload, context));
  }
  if (handlers.size > 0) return handlers;
  throw new ConfigurationError(
    `${instance.constructor.name} handles nothing: it has no handle<Command> and no on<Event> method. ` +
      'Add one, such as: async handlePlaceOrder(command, context) { … }',
  );
}

function methodsOf(instance: object): [name: string, method: Method][] {
  const decorated = decoratedMethodsOf(instance);
  // What a decorator says about a method stands instead of what its name would say.
  const settled = new Set(decorated.map(([, method]) => method));
  // From the instance on: a handler written as a field, handlePlaceOrder = async (…) => …, satisfies the types as well.
  const named = [...methodsByMessage(instance, 'handle'), ...methodsByMessage(instance, 'on')];
  return [...named.filter(([, method]) => !settled.has(method)), ...decorated];
}

function decoratedMethodsOf(instance: object): [name: string, method: Method][] {
  const decorated = (instance as { [DECORATED_HANDLERS]?: ReadonlyMap<string, string> })[DECORATED_HANDLERS];
  if (decorated === undefined) return [];
  return [...decorated].map(([name, method]) => [
    name,
    (instance as Record<string, Method | undefined>)[method] as Method,
  ]);
}
