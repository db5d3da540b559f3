import assert from 'node:assert/strict';
import { AggregateDefinition, type Aggregate, type AggregateClass } from '@ndomain/core';
import { assertFailed, isAwaited, outcomeOf, valueOf, type ExpectedError, type Outcome } from './expectations.ts';
import { storedForm, type HappenedTo } from './happened.ts';

/** What an aggregate is expected to have done. Each resolves, or rejects with an assertion error that shows the difference. */
export interface AggregateThen<A extends Aggregate> {
  /** Exactly these events, in this order. */
  then(...expected: readonly HappenedTo<A>[]): Promise<void>;
  thenNothing(): Promise<void>;
  /** It threw, and nothing happened. */
  thenThrows(expected?: ExpectedError): Promise<void>;
  /** The State afterwards, to be looked at. */
  thenState(look: (state: A['state']) => void): Promise<void>;
}

export interface AggregateWhen<A extends Aggregate> {
  when(act: (aggregate: A) => unknown): AggregateThen<A>;
}

/**
 * Tests an aggregate by its events:
 *
 * ```ts
 * await given(Sale, ['SaleCreated', { stock: 10 }])
 *   .when((sale) => sale.placeOrder({ id: 'o1', quantity: 3 }))
 *   .then(['OrderPlaced', { order: { id: 'o1', quantity: 3 } }]);
 * ```
 */
export function given<A extends Aggregate>(
  aggregate: AggregateClass<A>,
  ...happened: readonly HappenedTo<A>[]
): AggregateWhen<A> {
  return {
    when(act) {
      const definition = new AggregateDefinition(aggregate);
      const instance = definition.fromEvents('given', storedForm(aggregate, 'given', happened));
      return new Decided(definition.name, instance, act);
    },
  };
}

class Decided<A extends Aggregate> implements AggregateThen<A> {
  readonly #name: string;
  readonly #aggregate: A;
  readonly #act: (aggregate: A) => unknown;
  #outcome: Promise<Outcome<unknown>> | undefined;

  constructor(name: string, aggregate: A, act: (aggregate: A) => unknown) {
    this.#name = name;
    this.#aggregate = aggregate;
    this.#act = act;
  }

  // oxlint-disable-next-line unicorn/no-thenable -- the word that everybody uses here; it takes events, no functions
  async then(...expected: readonly HappenedTo<A>[]): Promise<void> {
    if (isAwaited(expected)) return;
    valueOf(await this.#acted(), this.#name);
    assert.deepStrictEqual(this.#changes(), expected);
  }

  async thenNothing(): Promise<void> {
    valueOf(await this.#acted(), this.#name);
    assert.deepStrictEqual(this.#changes(), []);
  }

  async thenThrows(expected?: ExpectedError): Promise<void> {
    assertFailed(await this.#acted(), expected, this.#name);
    assert.deepStrictEqual(this.#changes(), []);
  }

  async thenState(look: (state: A['state']) => void): Promise<void> {
    valueOf(await this.#acted(), this.#name);
    look(this.#aggregate.state);
  }

  #acted(): Promise<Outcome<unknown>> {
    this.#outcome ??= outcomeOf(() => this.#act(this.#aggregate));
    return this.#outcome;
  }

  #changes(): unknown[] {
    return this.#aggregate.changes.map(({ name, payload }) => [name, payload]);
  }
}
