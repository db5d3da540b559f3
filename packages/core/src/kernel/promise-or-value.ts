/**
 * What an implementation that has its answer at once may return without a promise. Who finds a value goes on without a turn of the
 * queue of promises, which is a good part of the time of what works in memory:
 *
 * ```ts
 * const loading = db.load(streamId, range);
 * const page = isPromise(loading) ? await loading : loading;
 * ```
 */
export type PromiseOrValue<T> = Promise<T> | T;

/** Also for promises of other realms and libraries. */
export function isPromise<T>(value: PromiseOrValue<T>): value is Promise<T> {
  return typeof (value as Promise<T> | undefined)?.then === 'function';
}
