import { ConfigurationError } from '@ndomain/core';

/** `SaleHandler.placeOrder`, to begin a message with. Takes what a legacy method decorator is given. */
export function placeOf(target: object, key: PropertyKey | undefined): string {
  const owner = typeof target === 'function' ? target : target.constructor;
  return key === undefined ? nameOf(owner) : `${nameOf(owner)}.${String(key)}`;
}

/** The name of a class, for messages. */
export function nameOf(value: object): string {
  return 'name' in value && typeof value.name === 'string' && value.name !== '' ? value.name : 'an unnamed class';
}

/** Says what is wrong at a place, and what to write instead. Always `ND_CONFIGURATION`. */
export function misuse(place: string, problem: string, fix: string): ConfigurationError {
  return new ConfigurationError(`${place}: ${problem} ${fix}`);
}

/**
 * Standard decorators are called with a context object where legacy ones get a name. They know nothing of types, so nothing here
 * could work with them.
 */
export function refuseStandardDecorators(decorator: string, second: unknown): void {
  if (typeof second !== 'object' || second === null || !('kind' in second)) return;
  throw new ConfigurationError(
    `@${decorator} was compiled as a standard decorator, which cannot see types. ` +
      'Add to the compilerOptions of tsconfig.json: "experimentalDecorators": true, "emitDecoratorMetadata": true',
  );
}
