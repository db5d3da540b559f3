/** Arrays of numbers of one kind, which a payload cannot hold as they are. */
const KINDS: ReadonlyMap<string, (items: readonly number[] & readonly bigint[]) => object> = new Map<
  string,
  (items: readonly number[] & readonly bigint[]) => object
>([
  ['Buffer', (items) => Buffer.from(items)],
  ['Int8Array', (items) => new Int8Array(items)],
  ['Uint8ClampedArray', (items) => new Uint8ClampedArray(items)],
  ['Int16Array', (items) => new Int16Array(items)],
  ['Uint16Array', (items) => new Uint16Array(items)],
  ['Int32Array', (items) => new Int32Array(items)],
  ['Uint32Array', (items) => new Uint32Array(items)],
  ['Float32Array', (items) => new Float32Array(items)],
  ['Float64Array', (items) => new Float64Array(items)],
  ['BigInt64Array', (items) => new BigInt64Array(items)],
  ['BigUint64Array', (items) => new BigUint64Array(items)],
]);

const KIND_BY_PROTOTYPE = new Map(
  [...KINDS].map(([kind, make]) => [Object.getPrototypeOf(make([])) as object, kind] as const),
);

/** The kind of array that has this prototype; undefined for what is none. */
export function kindOfArray(prototype: object): string | undefined {
  return KIND_BY_PROTOTYPE.get(prototype);
}

/** Throws for a kind that there is not. */
export function arrayOfKind(kind: string, items: unknown): object {
  const make = KINDS.get(kind);
  if (make === undefined || !Array.isArray(items)) throw new Error(`"${kind}" is no kind of array`);
  return make(items as never);
}
