import type { State } from './state.ts';

/** A method of a State that takes an event's payload. */
export type Apply = (this: object, payload: unknown) => void;

/** Applies an event to a State; false when the State has no method for it. */
export type ApplyEvent = (state: State, name: string, payload: unknown) => boolean;

interface NamedApply {
  readonly name: string | undefined;
  readonly apply: Apply;
}

const NONE: NamedApply = { name: undefined, apply() {} };

/**
 * Finds a State's methods by the events' names. Reading streams is mostly this, so the first four methods have a call of their own:
 * a call that always leads to one method can be inlined by the compiler, one that leads to many cannot. Beside a look into the
 * table it takes a third of the time in a program that reads one kind of aggregate, and two thirds in one that reads several.
 */
export function applierOf(methods: ReadonlyMap<string, Apply>): ApplyEvent {
  const all = [...methods].map(([name, apply]): NamedApply => ({ name: internalized(name), apply }));
  const [{ name: name1, apply: apply1 } = NONE, { name: name2, apply: apply2 } = NONE] = all;
  const [, , { name: name3, apply: apply3 } = NONE, { name: name4, apply: apply4 } = NONE] = all;
  return (state, name, payload) => {
    switch (name) {
      case name1:
        apply1.call(state, payload);
        return true;
      case name2:
        apply2.call(state, payload);
        return true;
      case name3:
        apply3.call(state, payload);
        return true;
      case name4:
        apply4.call(state, payload);
        return true;
      default:
        return applyFrom(methods, state, name, payload);
    }
  };
}

/** The same text as the keys and literals of a program are kept: two of those are compared by their addresses. */
function internalized(text: string): string | undefined {
  return Object.keys({ [text]: true })[0];
}

function applyFrom(methods: ReadonlyMap<string, Apply>, state: State, name: string, payload: unknown): boolean {
  const apply = methods.get(name);
  if (apply === undefined) return false;
  apply.call(state, payload);
  return true;
}
