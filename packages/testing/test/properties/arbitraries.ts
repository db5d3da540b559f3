import * as fc from 'fast-check';

const key = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constantFrom('$date', '$map', '$plain', '$x', '$', '__proto__', 'constructor', 'toJSON', 'a', 'b', '0', '1'),
);

const leaf = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.bigInt(),
  fc.date({ noInvalidDate: true }),
  fc.uint8Array(),
  fc.constantFrom(-0, NaN, Infinity, -Infinity, '\ud800'),
);

/** A plain object with these members, also those that assignment would not make. */
function objectOf(entries: readonly (readonly [string, unknown])[]): object {
  const object = {};
  for (const [name, value] of entries) {
    Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true });
  }
  return object;
}

const { value } = fc.letrec<{ value: unknown; member: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    leaf,
    fc.array(tie('member'), { maxLength: 5 }),
    fc.array(fc.tuple(key, tie('member')), { maxLength: 5 }).map(objectOf),
    fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 4 }).map((entries) => new Map(entries)),
    fc.array(tie('member'), { maxLength: 4 }).map((items) => new Set(items)),
  ),
  member: fc.oneof({ arbitrary: tie('value'), weight: 9 }, { arbitrary: fc.constant(undefined), weight: 1 }),
}));

/** Anything that a payload can hold, undefined members included. */
export const payload = value;

/** What becomes of a payload on its way: members that are undefined vanish, and nothing at all is null. */
export function normalized(given: unknown): unknown {
  return given === undefined ? null : withoutUndefinedMembers(given);
}

function withoutUndefinedMembers(given: unknown): unknown {
  if (typeof given !== 'object' || given === null) return given;
  if (Array.isArray(given)) return given.map(withoutUndefinedMembers);
  if (given instanceof Map)
    return new Map([...given].map(([name, item]) => [withoutUndefinedMembers(name), withoutUndefinedMembers(item)]));
  if (given instanceof Set) return new Set([...given].map(withoutUndefinedMembers));
  if (given instanceof Date || given instanceof Uint8Array) return given;
  const members = Object.entries(given).filter(([, member]) => member !== undefined);
  return objectOf(members.map(([name, member]) => [name, withoutUndefinedMembers(member)]));
}
