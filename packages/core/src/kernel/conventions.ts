import { ConfigurationError } from './errors.ts';

/**
 * Methods that NestJS calls on every class that has them (https://docs.nestjs.com/fundamentals/lifecycle-events): on a handler
 * they are not meant for a message.
 */
const LIFECYCLE_HOOKS = new Set(['onModuleInit', 'onModuleDestroy', 'onApplicationBootstrap', 'onApplicationShutdown']);

/*
 * The naming conventions: `on<Event>` on a State, a projection or a handler; `handle<Command>` on a handler. They are resolved
 * into tables when the context starts, and never looked at again.
 */

export type Method = (this: object, ...parameters: never[]) => unknown;

/**
 * The methods of a class and its ancestors that are named by a convention, by the message that they are for:
 * `onOrderPlaced` is for `OrderPlaced`. A subclass's method replaces the inherited one.
 */
export function methodsByMessage(prototype: object, prefix: 'on' | 'handle'): Map<string, Method> {
  const found = new Map<string, Method>();
  for (let level: object | null = prototype; level !== null && level !== Object.prototype; level = parentOf(level)) {
    for (const [name, method] of ownMethodsByMessage(level, prefix)) if (!found.has(name)) found.set(name, method);
  }
  return found;
}

/** The same of one object alone: what is written as a field is one of an instance's own. */
export function ownMethodsByMessage(object: object, prefix: 'on' | 'handle'): Map<string, Method> {
  const found = new Map<string, Method>();
  for (const [key, property] of Object.entries(Object.getOwnPropertyDescriptors(object))) {
    const name = messageOfMethod(key, prefix);
    if (name !== undefined && typeof property.value === 'function') found.set(name, property.value as Method);
  }
  return found;
}

/** `onOrderPlaced` → `OrderPlaced`, `onorder.placed` → `order.placed`; `on` is no such method. */
export function messageOfMethod(method: string, prefix: string): string | undefined {
  if (!method.startsWith(prefix) || LIFECYCLE_HOOKS.has(method)) return undefined;
  const name = method.slice(prefix.length);
  return name === '' ? undefined : name;
}

/**
 * Whether a method may well be none for a message, where no message has the name that its own would lead to: `onlyOpen`, `handler`. Names of messages can
 * begin with a small letter, but few do.
 */
export function mayBeHelper(messageName: string, known: Iterable<string>): boolean {
  return beginsSmall(messageName) && ![...known].some(beginsSmall);
}

function beginsSmall(name: string): boolean {
  const first = name.charAt(0);
  return first !== first.toUpperCase();
}

/** Whether a method returns a promise or a generator by the way it is declared. */
export function isAsynchronous(method: Method): boolean {
  return Object.prototype.toString.call(method) !== '[object Function]';
}

/** Refuses a method that waits, or yields, where nobody waits for it. */
export function asynchronousMethod(className: string, messageName: string, because: string): ConfigurationError {
  return new ConfigurationError(
    `${className}.on${messageName} is asynchronous, and ${because}. Write it without async, await and yield: ` +
      'what it needs has to be in the event.',
  );
}

/** The method that the convention expects for a message. */
export function methodFor(messageName: string, prefix: 'on' | 'handle'): string {
  return `${prefix}${messageName}`;
}

function parentOf(prototype: object): object | null {
  return Object.getPrototypeOf(prototype) as object | null;
}
