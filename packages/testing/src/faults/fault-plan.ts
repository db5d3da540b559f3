import type { PromiseOrValue } from '@ndomain/core';
import { turns } from '../time/turns.ts';
import type { CallRunner } from './call-runner.ts';
import { seededRandom } from './seeded-random.ts';

/** What can go wrong with one call. */
export type Fault =
  /** It fails, and nothing was done. */
  | 'failBefore'
  /** It was done, and fails all the same: a crash of the other side, or a connection that broke. */
  | 'failAfter'
  /** Like `failAfter`: it was done, and the answer never came. */
  | 'loseAnswer'
  /** It takes its time. */
  | 'delay'
  /** It is done twice. */
  | 'duplicate';

/** Raised by a call that was told to fail. */
export class InjectedFault extends Error {
  readonly fault: Fault;
  readonly method: string;

  constructor(fault: Fault, method: string, call?: number) {
    super(call === undefined ? `${fault}: ${method}` : `${fault}: call ${call} of ${method}`);
    this.fault = fault;
    this.method = method;
  }

  override get name(): string {
    return 'InjectedFault';
  }
}

/** How often each fault strikes, from 0 to 1. */
export type FaultRates = Readonly<Partial<Record<Fault, number>>>;

/**
 * Says which calls go wrong, and how: the n-th call of a method, or some by chance. The chance comes from a seed, so that what
 * happened once can be made to happen again. The same plan can be shared by several decorators.
 */
export class FaultPlan implements CallRunner {
  readonly #planned = new Map<string, Fault>();
  readonly #calls = new Map<string, number>();
  #random: { readonly next: () => number; readonly rates: FaultRates } | undefined;

  /** The n-th call (from 1, counted from the beginning) fails before it does anything. */
  failBefore(method: string, nth: number): this {
    return this.#plan('failBefore', method, nth);
  }

  /** The n-th call does its work, and fails then. */
  failAfter(method: string, nth: number): this {
    return this.#plan('failAfter', method, nth);
  }

  /** The n-th call does its work, and the caller never learns of it but by an error. */
  loseAnswer(method: string, nth: number): this {
    return this.#plan('loseAnswer', method, nth);
  }

  /** The n-th call takes a few turns of the event loop longer. */
  delay(method: string, nth: number): this {
    return this.#plan('delay', method, nth);
  }

  /** The n-th call is done twice, and the second answer is given. */
  duplicate(method: string, nth: number): this {
    return this.#plan('duplicate', method, nth);
  }

  /** Every call may go wrong, by chance. */
  byChance(seed: number, rates: FaultRates): this {
    this.#random = { next: seededRandom(seed), rates };
    return this;
  }

  /** How often a method was called. */
  calls(method: string): number {
    return this.#calls.get(method) ?? 0;
  }

  /** Runs a call as the plan says. */
  async run<T>(method: string, call: () => PromiseOrValue<T>): Promise<T> {
    const nth = this.calls(method) + 1;
    this.#calls.set(method, nth);
    const fault = this.#planned.get(`${method} ${nth}`) ?? this.#byChance();
    switch (fault) {
      case undefined:
        return call();
      case 'failBefore':
        throw new InjectedFault(fault, method, nth);
      case 'failAfter':
      case 'loseAnswer':
        await call();
        throw new InjectedFault(fault, method, nth);
      case 'delay':
        await turns(3);
        return call();
      case 'duplicate':
        await call();
        return call();
    }
  }

  #plan(fault: Fault, method: string, nth: number): this {
    this.#planned.set(`${method} ${nth}`, fault);
    return this;
  }

  #byChance(): Fault | undefined {
    if (this.#random === undefined) return undefined;
    const { next, rates } = this.#random;
    let drawn = next();
    for (const [fault, rate] of Object.entries(rates) as [Fault, number][]) {
      if (drawn < rate) return fault;
      drawn -= rate;
    }
    return undefined;
  }
}
