import { refuseStandardDecorators, misuse, placeOf } from './misuse.ts';

/** What a dependency is known by: a class, a text, a symbol, or an object such as `DomainContext`. */
export type Token = string | symbol | object;

const TOKENS = Symbol.for('ndomain.injectedTokens');

/**
 * Says what a constructor's parameter gets from {@link resolver}. Without an argument: what its type says. One `@inject` in a
 * constructor is enough for the compiler to write down the types of all its parameters.
 *
 * `@inject(Sale)` gets the repository of the aggregate `Sale`.
 */
export function inject(token?: Token) {
  return (target: object, key: string | symbol | undefined, index: number): void => {
    refuseStandardDecorators('inject', key);
    if (key !== undefined || typeof target !== 'function') {
      throw misuse(
        placeOf(target, key),
        '@inject is not in a constructor.',
        'Move it to a parameter of the constructor.',
      );
    }
    const tokens = new Map(tokensOf(target));
    if (token !== undefined) tokens.set(index, token);
    Object.defineProperty(target, TOKENS, { value: tokens, configurable: true });
  };
}

/** The tokens of a class's own constructor, by the parameter's place. */
export function tokensOf(target: object): ReadonlyMap<number, Token> {
  return Object.hasOwn(target, TOKENS) ? (target as { [TOKENS]: ReadonlyMap<number, Token> })[TOKENS] : new Map();
}
