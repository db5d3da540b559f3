import { define } from '../kernel/payload.ts';
import { classNameOf, isUnnamed, type KeptClasses } from './kept-classes.ts';
import { MARK, UnkeepableError, type Kept, type Members } from './kept-form.ts';
import { kindOfArray } from './typed-arrays.ts';

const DEEPEST = 1_000;
const UNDEFINED = Object.freeze({ [MARK]: 'undefined' });
const HOLE = Object.freeze({ [MARK]: 'hole' });

/** Keeps a value. Throws {@link UnkeepableError}. For `isExact` see {@link keepMembers}. */
export function keep(value: unknown, classes: KeptClasses, isExact: boolean): Kept {
  return tried((keeper) => keeper.keep(value, '$', 0), classes, isExact);
}

/**
 * Keeps the members of an object alone, whatever its class. A reference to the object itself leads to it again. `isExact` looks at the
 * kind of each member of each object too, which takes several times as long: a member of a plain object that is an accessor is refused
 * then, and else taken for its value.
 */
export function keepMembers(object: object, classes: KeptClasses, isExact: boolean): Kept {
  return tried((keeper) => keeper.keepRoot(object), classes, isExact);
}

/** What is refused is looked at again, exactly, to name the place. */
function tried(work: (keeper: Keeper) => unknown, classes: KeptClasses, isExact: boolean): Kept {
  const keeper = new Keeper(classes, isExact);
  try {
    return { data: work(keeper), unnamedClass: keeper.unnamedClass };
  } catch (error) {
    if (!isExact && error instanceof UnkeepableError) work(new Keeper(classes, true));
    throw error;
  }
}

class Keeper {
  readonly #classes: KeptClasses;
  readonly #isExact: boolean;
  /** Objects by the order in which they were met; made when there is one within another. */
  #met: Map<object, number> | undefined;
  #root: object | undefined;
  unnamedClass: string | undefined;

  constructor(classes: KeptClasses, isExact: boolean) {
    this.#classes = classes;
    this.#isExact = isExact;
  }

  keepRoot(object: object): Members {
    this.#root = object;
    return this.#members(object, '$', 0);
  }

  keep(value: unknown, path: string, depth: number): unknown {
    if (typeof value !== 'object') {
      if (value === undefined) return UNDEFINED;
      if (typeof value === 'function') throw new UnkeepableError(path, 'a function');
      if (typeof value === 'symbol') throw new UnkeepableError(path, 'a symbol');
      return value;
    }
    if (value === null) return null;
    const met = (this.#met ??= new Map(this.#root === undefined ? [] : [[this.#root, 0]]));
    const as = met.get(value);
    if (as !== undefined) return { [MARK]: 'same', as };
    if (depth > DEEPEST) throw new UnkeepableError(path, `more than ${DEEPEST} levels`);
    met.set(value, met.size);
    if (Object.isExtensible(value)) return this.#object(value, path, depth + 1);
    if (!Object.isFrozen(value)) throw new UnkeepableError(path, 'an object that is sealed and not frozen');
    return { [MARK]: 'frozen', what: this.#object(value, path, depth + 1) };
  }

  #object(value: object, path: string, depth: number): unknown {
    const prototype = Object.getPrototypeOf(value) as object | null;
    switch (prototype) {
      case Object.prototype: {
        const members = this.#members(value, path, depth);
        return MARK in members ? { [MARK]: 'object', members } : members;
      }
      case Array.prototype:
        return this.#array(value as unknown[], path, depth);
      case Map.prototype:
        refuseMembers(value, path);
        return this.#map(value as Map<unknown, unknown>, path, depth);
      case Set.prototype:
        refuseMembers(value, path);
        return this.#set(value as Set<unknown>, path, depth);
      case Date.prototype:
        refuseMembers(value, path);
        return Number.isNaN((value as Date).getTime()) ? { [MARK]: 'date' } : new Date(value as Date);
      case Uint8Array.prototype:
        return new Uint8Array(value as Uint8Array);
      case null:
        return { [MARK]: 'bare', members: this.#members(value, path, depth) };
      default:
        return this.#special(value, prototype, path, depth);
    }
  }

  #special(value: object, prototype: object, path: string, depth: number): unknown {
    const kind = kindOfArray(prototype);
    if (kind === undefined) return this.#instance(value, prototype, path, depth);
    return { [MARK]: 'array', kind, items: [...(value as Iterable<number | bigint>)] };
  }

  #instance(value: object, prototype: object, path: string, depth: number): unknown {
    const verdict = this.#classes.verdictOn(prototype);
    if (verdict.problem !== undefined) throw new UnkeepableError(path, verdict.problem);
    if (isUnnamed(verdict.name)) this.unnamedClass ??= classNameOf(prototype);
    return { [MARK]: 'instance', of: verdict.name, members: this.#members(value, path, depth) };
  }

  #members(object: object, path: string, depth: number): Members {
    // A spread copies the shape as a whole, which is several times faster than adding members one by one.
    const members: Members = { ...object };
    if (this.#isExact || Reflect.ownKeys(object).length !== Object.keys(members).length) refuseOddMembers(object, path);
    for (const key in members) {
      const member = members[key];
      if (typeof member === 'string' || typeof member === 'number' || typeof member === 'boolean') continue;
      if (Object.hasOwn(members, key))
        define(members, key, this.keep(member, this.#isExact ? `${path}.${key}` : path, depth));
    }
    return members;
  }

  #array(array: readonly unknown[], path: string, depth: number): unknown[] {
    const kept: unknown[] = [];
    let holes = 0;
    for (let i = 0; i < array.length; i++) {
      const item = array[i];
      if (item === undefined && !(i in array)) {
        holes++;
        kept.push(HOLE);
      } else {
        kept.push(typeof item === 'string' ? item : this.keep(item, this.#isExact ? `${path}[${i}]` : path, depth));
      }
    }
    // Its items, and its length.
    const [extra] = Reflect.ownKeys(array).length === array.length - holes + 1 ? [] : namedKeysOf(array);
    if (extra !== undefined) throw new UnkeepableError(path, `an array with a member "${String(extra)}"`);
    return kept;
  }

  #map(map: ReadonlyMap<unknown, unknown>, path: string, depth: number): Map<unknown, unknown> {
    const kept = new Map<unknown, unknown>();
    for (const [key, item] of map) {
      const place = this.#isExact ? `${path}.keys[${kept.size}]` : path;
      const at = this.#isExact ? `${path}.get(${typeof key === 'string' ? JSON.stringify(key) : kept.size})` : path;
      kept.set(this.keep(key, place, depth), this.keep(item, at, depth));
    }
    return kept;
  }

  #set(set: ReadonlySet<unknown>, path: string, depth: number): Set<unknown> {
    const kept = new Set<unknown>();
    for (const item of set) kept.add(this.keep(item, this.#isExact ? `${path}[${kept.size}]` : path, depth));
    return kept;
  }
}

/** An array's keys beside its items and its length. */
function namedKeysOf(array: readonly unknown[]): PropertyKey[] {
  return Reflect.ownKeys(array).filter((key) => key !== 'length' && !/^\d+$/.test(String(key)));
}

/** Symbols, accessors, and what is not enumerable. */
function refuseOddMembers(object: object, path: string): void {
  for (const key of Reflect.ownKeys(object)) {
    if (typeof key === 'symbol') throw new UnkeepableError(path, `a member under ${String(key)}`);
    const member = Object.getOwnPropertyDescriptor(object, key);
    if (member === undefined || !('value' in member)) throw new UnkeepableError(`${path}.${key}`, 'an accessor');
    if (member.enumerable !== true) throw new UnkeepableError(`${path}.${key}`, 'a member that is not enumerable');
  }
}

function refuseMembers(value: object, path: string): void {
  const [key] = Reflect.ownKeys(value);
  if (key !== undefined) throw new UnkeepableError(path, `a built-in object with a member "${String(key)}"`);
}
