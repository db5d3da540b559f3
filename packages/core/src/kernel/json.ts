import { define, DEEPEST_PAYLOAD, isEnumerable, isPlainObject, refuse, Unrepresentable } from './payload.ts';

/*
 * Payloads as text (G11). Plain JSON stays plain JSON. What JSON does not have is an object with one member whose name
 * begins with `$`:
 *
 *   {"$date":"2010-12-01T08:26:00.000Z"}   {"$bigint":"9007199254740993"}   {"$bytes":"3q2+7w=="}
 *   {"$map":[["key","value"]]}             {"$set":[1,2]}                   {"$number":"NaN"}
 *   {"$undefined":true} (in arrays, maps and sets; a member that is undefined vanishes)
 *
 * and a user's own object of that shape is wrapped: {"$plain":{"$date":"not a date"}}.
 * These names are on disk and on the wire: they never change.
 */

const DOLLAR = 36;
const UNDEFINED = Object.freeze({ $undefined: true });

/** The payload as text. `undefined` is encoded as null. Throws `ND_NOT_REPRESENTABLE`, naming the path. */
export function encode(value: unknown): string {
  if (value === undefined) return 'null';
  if (isPlainJson(value, 0)) return JSON.stringify(value);
  try {
    return JSON.stringify(tagged(value, 0));
  } catch (error) {
    if (error instanceof Unrepresentable) throw refuse(value);
    throw error;
  }
}

/** The inverse of {@link encode}. Throws a SyntaxError for what `encode` cannot have written. */
export function decode(text: string): unknown {
  const parsed: unknown = JSON.parse(text);
  // Most payloads hold no tag, and looking for one in the text is far cheaper than walking the value.
  return text.includes('{"$') ? revived(parsed) : parsed;
}

/** True when JSON.stringify alone gives the right text. */
function isPlainJson(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'undefined':
      return true;
    case 'number':
      return Number.isFinite(value) && (value !== 0 || !Object.is(value, -0));
    case 'object':
      break;
    default:
      return false;
  }
  if (value === null) return true;
  if (depth > DEEPEST_PAYLOAD) return false;
  if (Array.isArray(value)) {
    for (const item of value) if (item === undefined || !isPlainJson(item, depth + 1)) return false;
    return true;
  }
  if (!isPlainObject(value)) return false;
  // Members that are undefined vanish, and what is left may look like a tag.
  let members = 0;
  let firstKey = '';
  for (const key of Object.keys(value)) {
    const member = (value as Record<string, unknown>)[key];
    if (member === undefined) continue;
    if (members++ === 0) firstKey = key;
    if (typeof member !== 'string' && !isPlainJson(member, depth + 1)) return false;
  }
  if (members === 1 && firstKey.charCodeAt(0) === DOLLAR) return false;
  return Object.getOwnPropertySymbols(value).length === 0;
}

function tagged(value: unknown, depth: number): unknown {
  switch (typeof value) {
    case 'bigint':
      return { $bigint: value.toString() };
    case 'number':
      if (Number.isFinite(value) && !Object.is(value, -0)) return value;
      return { $number: Object.is(value, -0) ? '-0' : String(value) };
    case 'function':
    case 'symbol':
      throw new Unrepresentable();
    case 'object':
      if (value === null) return null;
      if (depth > DEEPEST_PAYLOAD) throw new Unrepresentable();
      return taggedObject(value, depth + 1);
    default:
      return value;
  }
}

function taggedObject(value: object, depth: number): unknown {
  const inside = (item: unknown): unknown => (item === undefined ? UNDEFINED : tagged(item, depth));
  if (Array.isArray(value)) return Array.from(value, (item, i) => (i in value ? inside(item) : refuseHole()));
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw new Unrepresentable();
    return { $date: value.toISOString() };
  }
  if (value instanceof Map) return { $map: [...value].map(([key, item]) => [inside(key), inside(item)]) };
  if (value instanceof Set) return { $set: [...value].map(inside) };
  if (value instanceof Uint8Array)
    return { $bytes: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64') };
  if (!isPlainObject(value)) throw new Unrepresentable();
  return taggedMembers(value as Record<string, unknown>, depth);
}

function refuseHole(): never {
  throw new Unrepresentable();
}

function taggedMembers(value: Readonly<Record<string, unknown>>, depth: number): unknown {
  if (Object.getOwnPropertySymbols(value).some((symbol) => isEnumerable(value, symbol))) throw new Unrepresentable();
  const result: Record<string, unknown> = {};
  let members = 0;
  let firstKey = '';
  for (const key of Object.keys(value)) {
    const member = value[key];
    if (member === undefined) continue;
    if (members++ === 0) firstKey = key;
    define(result, key, tagged(member, depth));
  }
  return members === 1 && firstKey.charCodeAt(0) === DOLLAR ? { $plain: result } : result;
}

function revived(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) value[i] = revived(value[i]);
    return value;
  }
  const object = value as Record<string, unknown>;
  const keys = Object.keys(object);
  const [tag] = keys;
  if (keys.length === 1 && tag?.charCodeAt(0) === DOLLAR) return untagged(tag, object[tag]);
  reviveMembers(object, keys);
  return object;
}

function reviveMembers(object: Record<string, unknown>, keys: readonly string[]): void {
  for (const key of keys) {
    const member = object[key];
    if (typeof member === 'object' && member !== null) define(object, key, revived(member));
  }
}

function untagged(tag: string, content: unknown): unknown {
  switch (tag) {
    case '$date':
      return date(text(tag, content));
    case '$bigint':
      return BigInt(text(tag, content));
    case '$number':
      return number(text(tag, content));
    case '$bytes':
      return new Uint8Array(Buffer.from(text(tag, content), 'base64'));
    case '$set':
      return new Set(list(tag, content).map(revived));
    case '$map':
      return new Map(
        list(tag, content).map((entry) => {
          const [key, item] = list(tag, entry);
          return [revived(key), revived(item)];
        }),
      );
    case '$undefined':
      return undefined;
    case '$plain': {
      const inner = object(tag, content);
      reviveMembers(inner, Object.keys(inner));
      return inner;
    }
    default:
      throw new SyntaxError(`"${tag}" is not a tag of this format`);
  }
}

function text(tag: string, content: unknown): string {
  if (typeof content !== 'string') throw new SyntaxError(`"${tag}" must hold a text`);
  return content;
}

function date(text: string): Date {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) throw new SyntaxError(`"${text}" is not a date`);
  return date;
}

/** The numbers that JSON does not have. */
function number(text: string): number {
  if (text === 'NaN' || text === 'Infinity' || text === '-Infinity' || text === '-0') return Number(text);
  throw new SyntaxError(`"${text}" is not a number that needs a tag`);
}

function list(tag: string, content: unknown): unknown[] {
  if (!Array.isArray(content)) throw new SyntaxError(`"${tag}" must hold an array`);
  return content;
}

function object(tag: string, content: unknown): Record<string, unknown> {
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new SyntaxError(`"${tag}" must hold an object`);
  }
  return content as Record<string, unknown>;
}
