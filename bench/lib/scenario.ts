/** What one scenario compares: a file in `scenarios/` makes them, and `scenarios/index.ts` lists them. */
export interface Scenario {
  /** As `--only` takes it, in kebab-case. A name that another one begins with chooses both. */
  readonly name: string;
  /** What is done, on what payload, how durably, by how many at once: the same for all sides, and shown in the table. */
  readonly work: string;
  readonly measures: readonly Measure[];
  readonly sides: readonly Side[];
  /** What each side is given, in the full run and in the quick one. */
  readonly full: Parameters;
  readonly quick: Parameters;
  /** How often each side runs, where a run measures several rounds by itself, or takes minutes. @default 5 to 11 in a full run, 3 in a quick one */
  readonly runs?: { readonly full: number; readonly quick: number };
}

/** What all runs of one side gave. */
export interface SideRuns {
  readonly side: Side;
  readonly outcomes: readonly Outcome[];
  /** Why a run failed. What fails once is not run again. */
  readonly failure?: string;
}

/** One figure of a scenario: a row of the table. */
export interface Measure {
  /** Distinguishes the figures of one scenario; empty where there is only one. */
  readonly name: string;
  readonly unit: string;
  readonly higherIsBetter: boolean;
  /** All that is named has to hold. Without any, the row is there to be seen. */
  readonly goal: Goal;
}

/** Ratios are ours divided by theirs, of runs that were made one after the other. Where higher is better they are the least that is met, else the most. */
export interface Goal {
  /** Ratio to the best peer. */
  readonly peer?: number;
  /** Ratio to the limit. */
  readonly limit?: number;
  /** Our own figure, in the unit of the measure. */
  readonly value?: number;
}

/** Somebody who does the work. */
export interface Side {
  readonly who: string;
  /** `variant`: a peer with less safety, or ours configured otherwise: shown, and not compared. */
  readonly kind: 'ours' | 'peer' | 'limit' | 'variant';
  /** Its module, below `sides/`. */
  readonly module: string;
  /** What it is given besides what the scenario says. */
  readonly parameters?: Parameters;
}

export type Parameters = Readonly<Record<string, number | string | boolean>>;

/** What a side's module exports: it does the work once, in a process of its own. */
export interface SideModule {
  run(parameters: Parameters): Promise<Outcome>;
}

/** What a side has to say about its run. */
export interface Outcome {
  /** One figure for each measure, by its name. A side may leave out what it has no figure for. */
  readonly values: Readonly<Record<string, number>>;
  /** What proves that the work was done: each name with what was found and what had to be found. */
  readonly proof: Proof;
}

export type Proof = Readonly<Record<string, readonly [found: number | string, expected: number | string]>>;

/** Says what an outcome does not prove, if anything: work without a proof counts as not done. */
export function unproven({ proof }: Outcome): string | undefined {
  const entries = Object.entries(proof);
  if (entries.length === 0) return 'it proves nothing';
  const wrong = entries.find(([, [found, expected]]) => found !== expected);
  return wrong && `${wrong[0]} is ${wrong[1][0]} where ${wrong[1][1]} was expected`;
}
