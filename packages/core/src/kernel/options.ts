import { InvalidOptionError } from './errors.ts';
import { define } from './payload.ts';

/** An integer within [min, max]. Throws `ND_INVALID_OPTION`. */
export function checkInteger(option: string, value: unknown, min: number, max = Number.MAX_SAFE_INTEGER): void {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max) return;
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  throw new InvalidOptionError(option, `an integer ${range}`, value);
}

/** A duration in milliseconds of at least `min`; `Infinity` means never. Throws `ND_INVALID_OPTION`. */
export function checkMilliseconds(option: string, value: unknown, min: number): void {
  if (typeof value === 'number' && value >= min) return;
  throw new InvalidOptionError(option, `a number of milliseconds of at least ${min}`, value);
}

/** A function. Throws `ND_INVALID_OPTION`. */
export function checkFunction(option: string, value: unknown): void {
  if (typeof value !== 'function') throw new InvalidOptionError(option, 'a function', value);
}

/** Lays what the caller gave over the defaults; a member that is `undefined` counts as not given. */
export function withDefaults<T extends object>(defaults: T, given: Partial<T> | undefined): T {
  if (given === undefined) return defaults;
  const result = { ...defaults };
  for (const [key, value] of Object.entries(given)) {
    if (value !== undefined) define(result as Record<string, unknown>, key, value);
  }
  return result;
}
