import type { Clock, PromiseOrValue, Timer } from '@ndomain/core';
import type { Moment, Step, StepWatch } from './step-watch.ts';

/** A moment in the life of a process. */
export interface Reached {
  readonly step: Step;
  readonly moment: Moment;
  /** Which of the steps of this name it is, from 1. */
  readonly nth: number;
  /** Which of all the steps of this process it is, from 1. */
  readonly call: number;
}

/**
 * A process within this one that can die: from then on nothing it does has any effect, it gets no more answers, and its timers do not
 * fire. Everything that outlives it has to be given to it through a decorator that takes steps, and its time through {@link clock}.
 */
export class MortalProcess implements StepWatch {
  readonly #diesAt: (reached: Reached) => boolean;
  readonly #death = new AbortController();
  readonly #taken = new Map<string, number>();
  #calls = 0;

  /** Dies at the first moment for which `diesAt` says so. @default never */
  constructor(diesAt: (reached: Reached) => boolean = () => false) {
    this.#diesAt = diesAt;
  }

  get isDead(): boolean {
    return this.#death.signal.aborted;
  }

  get death(): AbortSignal {
    return this.#death.signal;
  }

  /** How many steps it has begun. */
  get calls(): number {
    return this.#calls;
  }

  kill(): void {
    this.#death.abort();
  }

  async take<T>(step: Step, ...parts: readonly (() => PromiseOrValue<T>)[]): Promise<T> {
    const nth = (this.#taken.get(step.name) ?? 0) + 1;
    this.#taken.set(step.name, nth);
    const call = ++this.#calls;
    const goOn = (moment: Moment): boolean => this.#goesOn({ step, moment, nth, call });
    if (!goOn('before')) return forEver();
    let answer: Promise<T> | undefined;
    for (const part of parts) {
      if (answer !== undefined && !goOn('between')) return forEver();
      answer = called(part);
      // What fails after the death is as unheard as what succeeds.
      await answer.catch(() => undefined);
    }
    if (answer === undefined) throw new Error(`The step "${step.name}" has no parts.`);
    return goOn('after') ? answer : forEver();
  }

  /** A clock whose timers die with the process. */
  clock(clock: Clock): Clock {
    const timers = new Set<Timer>();
    this.death.addEventListener('abort', () => {
      for (const timer of timers) timer.cancel();
    });
    return {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      schedule: (delayMs, callback, options) => {
        if (this.isDead) return { cancel: () => undefined };
        const fire = (): void => {
          timers.delete(timer);
          callback();
        };
        const timer = clock.schedule(delayMs, fire, options);
        timers.add(timer);
        return {
          cancel: () => {
            timers.delete(timer);
            timer.cancel();
          },
        };
      },
    };
  }

  #goesOn(reached: Reached): boolean {
    if (!this.isDead && this.#diesAt(reached)) this.kill();
    return !this.isDead;
  }
}

/** What a part throws at once is an answer like any other. */
async function called<T>(part: () => PromiseOrValue<T>): Promise<T> {
  return part();
}

function forEver(): Promise<never> {
  return new Promise(() => undefined);
}
