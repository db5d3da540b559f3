/** A deliberately broken implementation or policy, and what has to notice. */
export interface Mutant {
  /** Begins with the guarantee that it breaks. */
  readonly name: string;
  /** The suite that has to catch it. */
  readonly suite: string;
  /** Resolves with what caught it: the name of a case, or a violation; undefined when nothing did. */
  readonly caughtBy: () => Promise<string | undefined>;
}

/** What is right, and must not be caught: else a suite would prove nothing by catching the others. */
export interface Original {
  readonly suite: string;
  readonly caughtBy: () => Promise<string | undefined>;
}
