import { AsyncMethodError } from '../kernel/errors.ts';
import { isPromise } from '../kernel/promise-or-value.ts';
import type { AggregateEvent } from '../event-sourcing/aggregate-event.ts';
import type { State } from './state.ts';

/** A method of a State that takes an event's payload. */
export type Apply = (this: object, payload: unknown) => unknown;

/** Applies events to a State, in order, up to one that the State has no method for, which is returned. */
export type Fold = (state: State, events: readonly AggregateEvent[]) => AggregateEvent | undefined;

interface NamedApply {
  readonly name: string | undefined;
  readonly apply: Apply;
}

/** Why a method of a State cannot wait. */
export const STATE_IS_READ = 'decisions are made by the State as it is when it returns';

const NONE: NamedApply = { name: undefined, apply() {} };

/**
 * Finds a State's methods by the events' names. Reading streams is mostly this, so the first four methods have a call of their own:
 * a call that always leads to one method can be inlined by the compiler, one that leads to many cannot. Beside a look into the
 * table it takes a quarter of the time in a program that reads one kind of aggregate, and two thirds in one that reads several.
 */
export function foldOf(methods: ReadonlyMap<string, Apply>): Fold {
  const all = [...methods].map(([name, apply]): NamedApply => ({ name: internalized(name), apply }));
  const [{ name: name1, apply: apply1 } = NONE, { name: name2, apply: apply2 } = NONE] = all;
  const [, , { name: name3, apply: apply3 } = NONE, { name: name4, apply: apply4 } = NONE] = all;
  return (state, events) => {
    for (const event of events) {
      const { name, payload } = event;
      let result: unknown;
      if (name === name1) result = apply1.call(state, payload);
      else if (name === name2) result = apply2.call(state, payload);
      else if (name === name3) result = apply3.call(state, payload);
      else if (name === name4) result = apply4.call(state, payload);
      else {
        const apply = methods.get(name);
        if (apply === undefined) return event;
        result = apply.call(state, payload);
      }
      if (result !== undefined) checkResult(state, name, result);
    }
    return undefined;
  };
}

/** Throws `ND_ASYNC_METHOD` for a promise. What else a method returns means nothing. */
export function checkResult(state: State, name: string, result: unknown): void {
  if (isPromise(result)) throw new AsyncMethodError(`${state.constructor.name}.on${name}`, STATE_IS_READ, result);
}

/** The same text as the keys and literals of a program are kept: two of those are compared by their addresses. */
function internalized(text: string): string | undefined {
  return Object.keys({ [text]: true })[0];
}
