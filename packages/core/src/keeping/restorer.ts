import { define } from '../kernel/payload.ts';
import type { KeptClasses } from './kept-classes.ts';
import { MARK, type Members } from './kept-form.ts';
import { arrayOfKind } from './typed-arrays.ts';

/** A new value from a kept one, which shares nothing with it. Throws for what `keep` cannot have made. */
export function restore(kept: unknown, classes: KeptClasses): unknown {
  return new Restorer(classes).restore(kept);
}

/**
 * Gives a new object the members that `keepMembers` has kept, and no others, in their order. Throws for what it cannot have made, and for
 * a member that the object's class has made something else of.
 */
export function restoreMembers(object: object, kept: unknown, classes: KeptClasses): void {
  new Restorer(classes).restoreRoot(object, kept);
}

class Restorer {
  readonly #classes: KeptClasses;
  readonly #met: unknown[] = [];

  constructor(classes: KeptClasses) {
    this.#classes = classes;
  }

  restoreRoot(object: object, kept: unknown): void {
    this.#met.push(object);
    const members = asMembers(kept);
    const keys = Object.keys(members);
    if (!sameOrder(Object.keys(object), keys)) clear(object, keys);
    for (const key of keys) {
      const member = members[key];
      define(object as Members, key, typeof member === 'object' ? this.restore(member) : member);
    }
  }

  restore(kept: unknown): unknown {
    if (typeof kept !== 'object' || kept === null) return kept;
    if (Array.isArray(kept)) return this.#array(kept);
    if (kept instanceof Map) return this.#map(kept);
    if (kept instanceof Set) return this.#set(kept);
    if (kept instanceof Date) return this.#note(new Date(kept));
    if (kept instanceof Uint8Array) return this.#note(new Uint8Array(kept));
    const mark = (kept as Members)[MARK];
    return typeof mark === 'string' ? this.#marked(mark, kept as Members) : this.#fill({}, kept as Members);
  }

  #marked(mark: string, kept: Members): unknown {
    switch (mark) {
      case 'undefined':
        return undefined;
      case 'same':
        return this.#met[Number(kept['as'])];
      case 'object':
        return this.#fill({}, asMembers(kept['members']));
      case 'bare':
        return this.#fill(Object.create(null) as Members, asMembers(kept['members']));
      case 'instance':
        return this.#fill(this.#made(String(kept['of'])), asMembers(kept['members']));
      case 'frozen':
        return Object.freeze(this.restore(kept['what']));
      case 'date':
        return this.#note(new Date(NaN));
      case 'array':
        return this.#note(arrayOfKind(String(kept['kind']), kept['items']));
      default:
        throw new Error(`"${mark}" is no mark of the kept form`);
    }
  }

  #made(name: string): Members {
    const prototype = this.#classes.prototypeOf(name);
    if (prototype === undefined) throw new Error(`there is no class "${name}"`);
    return Object.create(prototype) as Members;
  }

  #fill(object: Members, kept: Members): Members {
    this.#met.push(object);
    for (const key of Object.keys(kept)) {
      const member = kept[key];
      define(object, key, typeof member === 'object' ? this.restore(member) : member);
    }
    return object;
  }

  #array(kept: readonly unknown[]): unknown[] {
    const array: unknown[] = [];
    this.#met.push(array);
    for (const [i, item] of kept.entries()) {
      if (isHole(item)) array.length = i + 1;
      else array[i] = this.restore(item);
    }
    return array;
  }

  #map(kept: ReadonlyMap<unknown, unknown>): Map<unknown, unknown> {
    const map = new Map<unknown, unknown>();
    this.#met.push(map);
    for (const [key, item] of kept) map.set(this.restore(key), this.restore(item));
    return map;
  }

  #set(kept: ReadonlySet<unknown>): Set<unknown> {
    const set = new Set<unknown>();
    this.#met.push(set);
    for (const item of kept) set.add(this.restore(item));
    return set;
  }

  #note<T>(value: T): T {
    this.#met.push(value);
    return value;
  }
}

/** Takes all members away, so that they can be made anew in their order. */
function clear(object: object, keys: readonly string[]): void {
  for (const key of Reflect.ownKeys(object)) Reflect.deleteProperty(object, key);
  // What was a field then and is an accessor now would be hidden by it.
  const other = keys.find((key) => key in object && key !== '__proto__');
  if (other !== undefined) throw new Error(`"${other}" is no field any more`);
}

function isHole(kept: unknown): boolean {
  return typeof kept === 'object' && kept !== null && (kept as Members)[MARK] === 'hole';
}

function sameOrder(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((key, i) => key === b[i]);
}

function asMembers(kept: unknown): Members {
  if (typeof kept === 'object' && kept !== null && !Array.isArray(kept)) return kept as Members;
  throw new Error('members are no object');
}
