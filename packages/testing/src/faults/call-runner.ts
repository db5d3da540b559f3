import type { PromiseOrValue } from '@ndomain/core';
/** Stands between a caller and a server: makes the call, or does not, or does and hides it. */
export interface CallRunner {
  /** Makes one call of a method. */
  run<T>(method: string, call: () => PromiseOrValue<T>): Promise<T>;
}
