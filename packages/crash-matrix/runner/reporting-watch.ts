import type { PromiseOrValue } from '@ndomain/core';
import type { Step, StepWatch } from '@ndomain/testing/crash';
import type { Caller } from './local/caller.ts';

/** The steps of handling a message, at which a crash is worth most. The many others are told of far more rarely. */
export const STEPS_OF_HANDLING = [
  'receive',
  'load',
  'append',
  'publish',
  'commitEvents',
  'dispatch',
  'commitMessage',
  'queries.set',
  'inbox.add',
] as const;
const RATE_OF_OTHERS = 0.005;

/** Tells the parent, now and then, that a step is about to be taken or has been, and waits: the parent may kill there. */
export class ReportingWatch implements StepWatch {
  readonly death: AbortSignal = new AbortController().signal;
  readonly #caller: Caller;
  readonly #rate: number;

  /** `rate`: the part of the steps of handling that are told of, from 0 to 1. */
  constructor(caller: Caller, rate: number) {
    this.#caller = caller;
    this.#rate = rate;
  }

  async take<T>(step: Step, ...parts: readonly (() => PromiseOrValue<T>)[]): Promise<T> {
    await this.#report('before', step);
    let answer: { readonly value: T } | undefined;
    for (const part of parts) answer = { value: await part() };
    if (answer === undefined) throw new Error(`The step "${step.name}" has no parts.`);
    await this.#report('after', step);
    return answer.value;
  }

  async #report(moment: string, { name }: Step): Promise<void> {
    const rate = STEPS_OF_HANDLING.some((each) => each === name) ? this.#rate : RATE_OF_OTHERS;
    if (Math.random() < rate) await this.#caller.call('watch', 'reached', [`${moment} ${name}`]);
  }
}
