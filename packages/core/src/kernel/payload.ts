import { NotRepresentableError } from './errors.ts';

/*
 * G11: which values a payload can hold, and what a copy of one looks like. `copy(value)` answers exactly what
 * `decode(encode(value))` of json.ts would, so that in-process and remote behave alike; it is only faster.
 *
 * The fast paths never build paths or remember ancestors. When they meet something they cannot take, `refuse` walks the
 * value again, slowly, to name the place.
 */

/** Beyond this depth a value is taken for a cycle or an accident; recursion would run out of stack not far above. */
export const DEEPEST_PAYLOAD = 1_000;

/** A copy that shares nothing with the original. Throws `ND_NOT_REPRESENTABLE`, naming the path. */
export function copy<T>(value: T): T {
  try {
    return copyValue(value, 0) as T;
  } catch (error) {
    if (error instanceof Unrepresentable) throw refuse(value);
    throw error;
  }
}

/** The copy of a message's payload. Nothing at all is null, as it is in a text. Throws `ND_NOT_REPRESENTABLE`, naming the path. */
export function copyPayload(payload: unknown): unknown {
  return payload === undefined ? null : copy(payload);
}

/**
 * A copy of what one of the above has made, or `decode` has: nothing in it can be refused or has to be left out, so this is twice as
 * fast.
 */
export function copyAgain<T>(value: T): T {
  return copyKnown(value) as T;
}

/** The members of an instance of a message's class, as a plain object; everything else as it is. */
export function membersOf(payload: unknown): unknown {
  if (typeof payload !== 'object' || payload === null || isPlainObject(payload) || isBuiltIn(payload)) return payload;
  return { ...payload };
}

/** Thrown on the fast path, caught at its entry, where the place is looked for. */
export class Unrepresentable extends Error {}

export function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function isBuiltIn(value: object): boolean {
  return (
    Array.isArray(value) ||
    value instanceof Date ||
    value instanceof Map ||
    value instanceof Set ||
    value instanceof Uint8Array
  );
}

function copyValue(value: unknown, depth: number): unknown {
  if (typeof value !== 'object') {
    if (typeof value === 'function' || typeof value === 'symbol') throw new Unrepresentable();
    return value;
  }
  if (value === null) return null;
  if (depth > DEEPEST_PAYLOAD) throw new Unrepresentable();
  if (Array.isArray(value)) return copyArray(value, depth + 1);
  if (isPlainObject(value)) return copyObject(value as Record<string, unknown>, depth + 1);
  return copyBuiltIn(value, depth + 1);
}

function copyArray(array: readonly unknown[], depth: number): unknown[] {
  const result: unknown[] = [];
  for (let i = 0; i < array.length; i++) {
    const item = array[i];
    if (item === undefined && !(i in array)) throw new Unrepresentable();
    result.push(copyValue(item, depth));
  }
  return result;
}

function copyObject(object: Readonly<Record<string, unknown>>, depth: number): Record<string, unknown> {
  // A spread copies the shape as a whole, which is several times faster than adding members one by one.
  const result: Record<string, unknown> = { ...object };
  for (const key in result) {
    const member = result[key];
    if (typeof member === 'string' || typeof member === 'number' || typeof member === 'boolean') continue;
    if (member === undefined) return copyMembers(object, depth);
    if (Object.hasOwn(result, key)) result[key] = copyValue(member, depth);
  }
  if (Object.getOwnPropertySymbols(result).length > 0) throw new Unrepresentable();
  return result;
}

/** Where some are left out, which are undefined. */
function copyMembers(object: Readonly<Record<string, unknown>>, depth: number): Record<string, unknown> {
  if (Object.getOwnPropertySymbols(object).some((symbol) => isEnumerable(object, symbol))) throw new Unrepresentable();
  const result: Record<string, unknown> = {};
  for (const key in object) {
    const member = object[key];
    if (member === undefined || !Object.hasOwn(object, key)) continue;
    define(result, key, typeof member === 'string' ? member : copyValue(member, depth));
  }
  return result;
}

/**
 * Sets a member as one of the object's own, whatever its name: a plain assignment would call what its prototype has under that name, such as
 * `__proto__`.
 */
export function define(object: Record<string, unknown>, key: string, value: unknown): void {
  if (!(key in object)) object[key] = value;
  else Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}

function copyKnown(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyKnown);
  if (!isPlainObject(value)) return copyBuiltIn(value, 0);
  const result: Record<string, unknown> = { ...value };
  for (const key in result) {
    const member = result[key];
    if (typeof member === 'object' && member !== null && Object.hasOwn(result, key)) result[key] = copyKnown(member);
  }
  return result;
}

function copyBuiltIn(value: object, depth: number): unknown {
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw new Unrepresentable();
    return new Date(value);
  }
  if (value instanceof Map) {
    const result = new Map<unknown, unknown>();
    for (const [key, item] of value) result.set(copyValue(key, depth), copyValue(item, depth));
    return result;
  }
  if (value instanceof Set) {
    const result = new Set<unknown>();
    for (const item of value) result.add(copyValue(item, depth));
    return result;
  }
  if (value instanceof Uint8Array) return new Uint8Array(value);
  throw new Unrepresentable();
}

/** Finds the place that the fast path stumbled over, and says what is there. */
export function refuse(value: unknown): NotRepresentableError {
  const found = findUnrepresentable(value, '$', []);
  if (found === undefined) throw new Error('refuse() was called for a payload that can be represented');
  return new NotRepresentableError(found.path, found.what);
}

interface Finding {
  readonly path: string;
  readonly what: string;
}

function findUnrepresentable(value: unknown, path: string, ancestors: readonly object[]): Finding | undefined {
  if (typeof value === 'function') return { path, what: 'a function' };
  if (typeof value === 'symbol') return { path, what: 'a symbol' };
  if (typeof value !== 'object' || value === null) return undefined;
  if (ancestors.includes(value)) return { path, what: 'a cycle (a reference to what contains it)' };
  if (ancestors.length > DEEPEST_PAYLOAD)
    return { path: `${path.slice(0, 60)}…`, what: `more than ${DEEPEST_PAYLOAD} levels` };
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? { path, what: 'an invalid Date' } : undefined;
  if (value instanceof Uint8Array) return undefined;
  const odd = oddMemberOf(value);
  if (odd !== undefined) return { path: path + odd.step, what: odd.what };
  const below = [...ancestors, value];
  for (const [step, member] of stepsInto(value) ?? []) {
    const found = findUnrepresentable(member, path + step, below);
    if (found !== undefined) return found;
  }
  if (stepsInto(value) === undefined) {
    return { path, what: `an instance of ${value.constructor.name}, a class outside the message map` };
  }
  return undefined;
}

/** A hole of an array, or a member under a symbol: no text can name them. */
function oddMemberOf(value: object): { readonly step: string; readonly what: string } | undefined {
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++)
      if (!(i in value)) return { step: `[${i}]`, what: 'a hole (no value at all)' };
    return undefined;
  }
  const symbol = Object.getOwnPropertySymbols(value).find((each) => isEnumerable(value, each));
  return symbol === undefined ? undefined : { step: `[${String(symbol)}]`, what: 'a member under a symbol' };
}

export function isEnumerable(object: object, key: PropertyKey): boolean {
  return Object.prototype.propertyIsEnumerable.call(object, key);
}

function stepsInto(value: object): [step: string, member: unknown][] | undefined {
  if (Array.isArray(value)) return value.map((item, i) => [`[${i}]`, item]);
  if (value instanceof Map) {
    return [...value].flatMap(([key, item], i) => [
      [`.keys[${i}]`, key],
      [`.values[${i}]`, item],
    ]);
  }
  if (value instanceof Set) return [...value].map((item, i) => [`[${i}]`, item]);
  if (isPlainObject(value)) return Object.entries(value).map(([key, member]) => [`.${key}`, member]);
  return undefined;
}
