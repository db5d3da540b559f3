import assert from 'node:assert/strict';

/**
 * Asserts that two values are equal in every respect that code can see: classes, the members with their order and their kind, holes, what is
 * frozen, the order in maps and sets, and which places hold one and the same object.
 */
export function assertSameGraph(a: unknown, b: unknown): void {
  compare(a, b, '$', new Map(), new Map());
}

type Pairs = Map<object, object>;

function compare(a: unknown, b: unknown, path: string, there: Pairs, back: Pairs): void {
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) {
    assert.ok(Object.is(a, b), `${path}: ${String(a)} and ${String(b)}`);
    return;
  }
  if (there.has(a) || back.has(b)) {
    assert.ok(there.get(a) === b && back.get(b) === a, `${path}: one object here is two there`);
    return;
  }
  there.set(a, b);
  back.set(b, a);
  assert.equal(Object.getPrototypeOf(a), Object.getPrototypeOf(b), `${path}: of two classes`);
  assert.equal(Object.isExtensible(a), Object.isExtensible(b), `${path}: extensible`);
  assert.equal(Object.isFrozen(a), Object.isFrozen(b), `${path}: frozen`);
  if (a instanceof Date && b instanceof Date) assert.ok(Object.is(a.getTime(), b.getTime()), `${path}: two dates`);
  if (a instanceof Map && b instanceof Map) compare([...a].flat(), [...b].flat(), `${path} as entries`, there, back);
  if (a instanceof Set && b instanceof Set) compare([...a], [...b], `${path} as items`, there, back);
  compareMembers(a, b, path, there, back);
}

function compareMembers(a: object, b: object, path: string, there: Pairs, back: Pairs): void {
  const keys = Reflect.ownKeys(a);
  assert.deepEqual(keys, Reflect.ownKeys(b), `${path}: the members and their order`);
  for (const key of keys) {
    const [one, other] = [Object.getOwnPropertyDescriptor(a, key), Object.getOwnPropertyDescriptor(b, key)];
    const kindOf = (descriptor: PropertyDescriptor | undefined): unknown => ({ ...descriptor, value: undefined });
    assert.deepEqual(kindOf(one), kindOf(other), `${path}.${String(key)}: the kind of member`);
    compare(one?.value, other?.value, `${path}.${String(key)}`, there, back);
  }
}
