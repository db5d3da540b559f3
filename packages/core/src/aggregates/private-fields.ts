import { hasCompiledPrivates, levelsOf, mayHavePrivateFields } from '../keeping/class-source.ts';
import { constructOn, type StateClass } from './state.ts';

/**
 * A private field (`#used`) of the instances of a State's class, in words; undefined when there is none. An object cannot be given the same private
 * member twice: the engine says so, whatever the source looks like. Private methods are no fields: a State that is restored has them again.
 */
export function privateFieldOf(stateClass: StateClass): string | undefined {
  const levels = [...levelsOf(stateClass)];
  if (levels.some(hasCompiledPrivates)) return '#private fields (compiled)';
  const state = new stateClass();
  try {
    constructOn(state, stateClass);
    return undefined;
  } catch (error) {
    const refusal = error instanceof TypeError ? error.message : '';
    const [field] = /#[^\s]+/.exec(refusal) ?? [];
    if (field !== undefined) return field;
    // Private methods come first, and hide whether there are fields.
    return levels.some(mayHavePrivateFields) ? '#private fields' : undefined;
  }
}
