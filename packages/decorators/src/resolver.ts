import 'reflect-metadata';
import { Aggregate, CommandBus, DomainContext, EventBus, EventStore, type AggregateClass } from '@ndomain/core';
import { tokensOf, type Token } from './inject.ts';
import { misuse, nameOf } from './misuse.ts';

/** What is known by which token. */
export type Provision = readonly [token: Token, value: unknown];

// oxlint-disable-next-line typescript/no-explicit-any -- the resolver's type in core, and containers', say so
type Constructor<Instance extends object = object> = new (...parameters: any[]) => Instance;

/**
 * Makes handlers without a container: `.ioc(c => c.resolver(resolver()))`. Each constructor parameter gets what its `@inject`
 * token or else its type stands for:
 *
 * - what `provide` returns for it;
 * - from the context: `DomainContext`, `CommandBus`, `EventBus`, `EventStore`, and the repository of a bound aggregate, by the
 *   aggregate's class;
 * - else a class is made in the same way, once for each resolver.
 *
 * The resolver throws `ND_CONFIGURATION` for a parameter that nothing is known about.
 */
export function resolver(provide: (context: DomainContext) => Iterable<Provision> = () => []) {
  const made = new Map<unknown, unknown>();
  let known: ReadonlyMap<unknown, unknown> | undefined;
  return <Instance extends object>(target: Constructor<Instance>, context: DomainContext): Instance => {
    known ??= new Map<unknown, unknown>([[DomainContext, context], ...provide(context)]);
    return new Making(context, known, made).make(target, []);
  };
}

/** One look through the tree of what a class needs. */
class Making {
  readonly #context: DomainContext;
  readonly #known: ReadonlyMap<unknown, unknown>;
  readonly #made: Map<unknown, unknown>;

  constructor(context: DomainContext, known: ReadonlyMap<unknown, unknown>, made: Map<unknown, unknown>) {
    this.#context = context;
    this.#known = known;
    this.#made = made;
  }

  /** `path`: the classes that are being made, each for the one before it. */
  make<Instance extends object>(target: Constructor<Instance>, path: readonly object[]): Instance {
    if (this.#made.has(target)) return this.#made.get(target) as Instance;
    const below = [...path, target];
    if (path.includes(target)) {
      throw misuse(nameOf(target), `needs itself: ${below.map(nameOf).join(' → ')}.`, 'Break the circle.');
    }
    const parameters = tokensFor(target).map((token, index) => this.#find(token, index, below));
    const instance = new target(...parameters);
    this.#made.set(target, instance);
    return instance;
  }

  #find(token: unknown, index: number, path: readonly object[]): unknown {
    if (this.#known.has(token)) return this.#known.get(token);
    switch (token) {
      case CommandBus:
        return this.#context.commandBus;
      case EventBus:
        return this.#context.eventBus;
      case EventStore:
        return this.#context.eventStore;
    }
    if (isAggregateClass(token)) return this.#context.repository(token);
    if (isClass(token)) return this.make(token, path);
    throw unprovided(path.at(-1), token, index);
  }
}

/** A token for each parameter of the constructor; `undefined` where nothing is known about one. */
function tokensFor(target: Constructor): readonly unknown[] {
  const types = (Reflect.getOwnMetadata('design:paramtypes', target) as readonly unknown[] | undefined) ?? [];
  const tokens = tokensOf(target);
  // `length` leaves out parameters with defaults, the metadata does not.
  const count = Math.max(target.length, types.length);
  const parent = Object.getPrototypeOf(target) as unknown;
  // A subclass without a constructor of its own takes what its parent takes.
  if (count === 0 && isClass(parent)) return tokensFor(parent);
  return Array.from({ length: count }, (_, index) => tokens.get(index) ?? types[index]);
}

function unprovided(target: object | undefined, token: unknown, index: number): Error {
  const place = `${target === undefined ? 'A class' : nameOf(target)}, parameter ${index + 1} of the constructor`;
  if (token === undefined || BUILT_IN.includes(token)) {
    return misuse(
      place,
      'nothing says what it is: its type is no class, or the compiler did not write it down.',
      "Name it: constructor(@inject('prices') prices: Prices), and provide it: resolver(() => [['prices', prices]])",
    );
  }
  const shown = shownToken(token);
  return misuse(place, `nobody provides ${shown}.`, `Add it: resolver(() => [[${shown}, …]])`);
}

function shownToken(token: unknown): string {
  if (typeof token === 'string') return `'${token}'`;
  return typeof token === 'symbol' ? String(token) : 'an object';
}

// What types without a class of their own become in the metadata: to make one of these would hide a mistake.
const BUILT_IN: readonly unknown[] = [Object, String, Number, Boolean, BigInt, Symbol, Array, Function, Promise, Date];

function isClass(value: unknown): value is Constructor {
  return typeof value === 'function' && value !== Function.prototype && !BUILT_IN.includes(value);
}

function isAggregateClass(value: unknown): value is AggregateClass {
  return isClass(value) && value.prototype instanceof Aggregate;
}
