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

/** Goes on with a value: now where it is there, else when it has come. */
export function after<T, R>(value: PromiseOrValue<T>, goOn: (value: T) => PromiseOrValue<R>): PromiseOrValue<R> {
  return isPromise(value) ? value.then(goOn) : goOn(value);
}

/** Also for promises of other realms and libraries. */
export function isPromise<T>(value: PromiseOrValue<T>): value is Promise<T> {
  return typeof (value as Promise<T> | undefined)?.then === 'function';
}
