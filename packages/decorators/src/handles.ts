import 'reflect-metadata';
import { DECORATED_HANDLERS, type MessageContext } from '@ndomain/core';
import { messageNameOf, type MessageClass } from './message.ts';
import { misuse, nameOf, placeOf, refuseStandardDecorators } from './misuse.ts';

/** Only methods that can handle this payload take the decorator. */
type HandlerMethod<Payload> = (payload: Payload, context: MessageContext) => unknown;
export type HandlerDecorator<Payload> = <Method extends HandlerMethod<Payload>>(
  prototype: object,
  key: string,
  method: TypedPropertyDescriptor<Method>,
) => void;

/**
 * Says which command a method handles, whatever the method is called: by name, by its class, or, without an argument, by the
 * class that is the type of the method's first parameter. Its name is the one that `@message` gave it.
 *
 * ```ts
 * class SaleHandler {
 *   @handles('PlaceOrder') async place(command: PlaceOrderPayload) { … }
 *   @handles(CancelOrder) async cancel(command: CancelOrder) { … }
 *   @handles() async complete(command: CompleteOrder, context: MessageContext) { … }   // needs emitDecoratorMetadata
 * }
 * ```
 *
 * Throws `ND_CONFIGURATION`, when the class is defined, for what cannot work.
 */
export function handles(message?: string): HandlerDecorator<never>;
export function handles<Payload extends object>(message: MessageClass<Payload>): HandlerDecorator<Payload>;
export function handles(message?: string | MessageClass): HandlerDecorator<never> {
  return decorator('handles', message);
}

/** The same for events. */
export function on(message?: string): HandlerDecorator<never>;
export function on<Payload extends object>(message: MessageClass<Payload>): HandlerDecorator<Payload>;
export function on(message?: string | MessageClass): HandlerDecorator<never> {
  return decorator('on', message);
}

function decorator(word: string, message: string | MessageClass | undefined): HandlerDecorator<never> {
  return (prototype: object, key: string, method: { readonly value?: unknown } | undefined) => {
    refuseStandardDecorators(word, key);
    const place = placeOf(prototype, key);
    if (typeof prototype === 'function') {
      throw misuse(place, `@${word} is on a static method.`, 'Handlers are instances: take "static" away.');
    }
    if (typeof method?.value !== 'function') {
      throw misuse(place, `@${word} is not on a method.`, `Write a method: @${word}(…) async ${key}(message) { … }`);
    }
    declare(prototype, nameFor(word, place, prototype, key, message), key);
  };
}

function nameFor(
  word: string,
  place: string,
  prototype: object,
  key: string,
  message: string | MessageClass | undefined,
): string {
  if (message === '') throw misuse(place, `@${word}('') names no message.`, `Name one: @${word}('OrderPlaced')`);
  if (typeof message === 'string') return message;
  const messageClass = message ?? firstParameter(word, place, prototype, key);
  const name = messageNameOf(messageClass);
  if (name !== undefined) return name;
  const className = nameOf(messageClass);
  throw misuse(
    place,
    `${className} has no name as a message.`,
    `Name it: @message('${className}') class ${className} { … }`,
  );
}

// What an interface, a type, a union and a missing annotation become in the metadata.
const SHAPELESS: readonly unknown[] = [Object, undefined, String, Number, Boolean, Array, Function];

function firstParameter(word: string, place: string, prototype: object, key: string): object {
  const types = Reflect.getOwnMetadata('design:paramtypes', prototype, key) as readonly unknown[] | undefined;
  const byName = `Name the message: @${word}('OrderPlaced'), or @${word}(OrderPlaced) by its class`;
  if (types === undefined) {
    throw misuse(
      place,
      `@${word}() needs the types of its parameters, and the compiler did not write them down.`,
      `${byName}; or set "emitDecoratorMetadata": true in tsconfig.json (esbuild and tsx do not know it).`,
    );
  }
  if (types.length === 0) throw misuse(place, `@${word}() is on a method without a parameter.`, `${byName}.`);
  const [first] = types;
  if (typeof first === 'function' && !SHAPELESS.includes(first)) return first;
  throw misuse(
    place,
    'the type of its first parameter is no class, so nothing is left of it at run time.',
    `${byName}; or make the type a class with @message.`,
  );
}

/** What each prototype declares itself: message name → method name. */
const declared = new WeakMap<object, Map<string, string>>();

/** Adds to what core reads. A subclass has what it inherits, but for the methods and messages that it declares anew. */
function declare(prototype: object, message: string, method: string): void {
  const own = declared.get(prototype) ?? new Map<string, string>();
  declared.set(prototype, own);
  const other = own.get(message);
  if (other !== undefined && other !== method) {
    throw misuse(
      placeOf(prototype, method),
      `"${message}" is already handled by ${placeOf(prototype, other)}.`,
      'Keep one of them.',
    );
  }
  own.set(message, method);
  const redeclared = new Set(own.values());
  const parent = Object.getPrototypeOf(prototype) as { [DECORATED_HANDLERS]?: ReadonlyMap<string, string> } | null;
  const inherited = [...(parent?.[DECORATED_HANDLERS] ?? [])].filter(([, each]) => !redeclared.has(each));
  Object.defineProperty(prototype, DECORATED_HANDLERS, {
    value: new Map([...inherited, ...own]),
    configurable: true,
  });
}
