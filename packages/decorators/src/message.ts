import type { MessageDefinitions } from '@ndomain/core';
import { ConfigurationError } from '@ndomain/core';
import { misuse, nameOf, refuseStandardDecorators } from './misuse.ts';

/** Any class whose instances are messages. Constructors are matched by shape alone. */
export type MessageClass<Payload extends object = object> = abstract new (...parameters: never) => Payload;

// Registered, so that two copies of this package in one process agree.
const NAME = Symbol.for('ndomain.messageName');

/**
 * Gives a class its name as a message. Without an argument it is the class's own name: fine as long as nothing renames
 * classes, as minifiers do. The name is data: it is on the wire and on disk, and outlives the class.
 */
export function message(name?: string): (messageClass: MessageClass) => void {
  return (messageClass, ...rest: readonly unknown[]) => {
    refuseStandardDecorators('message', rest[0]);
    const given = name ?? messageClass.name;
    if (given === '') throw misuse(nameOf(messageClass), 'has no name.', "Give it one: @message('PlaceOrder')");
    Object.defineProperty(messageClass, NAME, { value: given, configurable: true });
  };
}

/** The name that `@message` gave to this very class; a subclass is another message. */
export function messageNameOf(messageClass: object): string | undefined {
  return Object.hasOwn(messageClass, NAME) ? (messageClass as { [NAME]: string })[NAME] : undefined;
}

/**
 * Decorated classes as a map of classes, for `.messages(…)`, `context.commands(…)` and an aggregate's `static readonly Events`:
 *
 * ```ts
 * const SaleCommands = messageMap(PlaceOrder, CancelOrder);
 * await context.commands(SaleCommands).send(new PlaceOrder('sale-1', 2));
 * ```
 *
 * Throws `ND_CONFIGURATION` for a class without `@message`, and for two of one name.
 */
export function messageMap<Classes extends readonly MessageClass[]>(
  ...classes: Classes
): Readonly<Record<string, Classes[number]>> {
  const map = new Map<string, Classes[number]>();
  for (const messageClass of classes) {
    const name = messageNameOf(messageClass);
    if (name === undefined) throw undecorated(messageClass);
    const known = map.get(name);
    if (known !== undefined && known !== messageClass) {
      throw new ConfigurationError(
        `${nameOf(known)} and ${nameOf(messageClass)} are both named "${name}". Name one of them: @message('Another${name}')`,
      );
    }
    map.set(name, messageClass);
  }
  return Object.fromEntries(map) satisfies MessageDefinitions;
}

function undecorated(messageClass: MessageClass): ConfigurationError {
  const name = nameOf(messageClass);
  return misuse(name, 'is no message yet.', `Name it: @message('${name}') class ${name} { … }`);
}
