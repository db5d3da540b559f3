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
    for (const [key, property] of Object.entries(Object.getOwnPropertyDescriptors(level))) {
      const name = messageOfMethod(key, prefix);
      if (name === undefined || found.has(name) || typeof property.value !== 'function') continue;
      found.set(name, property.value as Method);
    }
  }
  return found;
}

/** `onOrderPlaced` → `OrderPlaced`; `once` and `on` are no such methods. */
export function messageOfMethod(method: string, prefix: string): string | undefined {
  if (!method.startsWith(prefix) || LIFECYCLE_HOOKS.has(method)) return undefined;
  const name = method.slice(prefix.length);
  const first = name.charAt(0);
  return first !== '' && first !== first.toLowerCase() ? name : undefined;
}

/** The method that the convention expects for a message. */
export function methodFor(messageName: string, prefix: 'on' | 'handle'): string {
  return `${prefix}${messageName}`;
}

function parentOf(prototype: object): object | null {
  return Object.getPrototypeOf(prototype) as object | null;
}
