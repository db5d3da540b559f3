import type { PromiseOrValue } from '@ndomain/core';
/** One call that a process makes to what outlives it. */
export interface Step {
  /** Such as `append` or `commitMessage`. */
  readonly name: string;
  /** The stream or the endpoint that it is about; empty where it is about none. */
  readonly on: string;
}

/** Where in a step a process is: about to take it, half way where it has halves, or through. */
export type Moment = 'before' | 'between' | 'after';

/** Sees each step that a process takes, and decides whether the process gets any further. */
export interface StepWatch {
  /** Takes a step, in one part or in several that others can see the state between. Resolves with the answer to the last part. */
  take<T>(step: Step, ...parts: readonly (() => PromiseOrValue<T>)[]): Promise<T>;

  /** Aborted when the process is dead, so that nothing waits in its name. */
  readonly death: AbortSignal;
}
