import { runSide, SideError } from './run-side.ts';
import type { Outcome, Scenario, Side } from './scenario.ts';

/** How often each side of a scenario runs. */
const RUNS = { full: 5, quick: 3 } as const;

/** What all runs of one side gave. */
export interface SideRuns {
  readonly side: Side;
  readonly outcomes: readonly Outcome[];
  /** Why a run failed. What fails once is not run again. */
  readonly failure?: string;
}

/** Runs all sides in turns (A B C A B C …), so that whatever slows the machine for a while slows all of them. */
export async function runScenario(
  scenario: Scenario,
  pace: 'full' | 'quick',
  onRun: (done: number, all: number) => void,
): Promise<readonly SideRuns[]> {
  const runs = (scenario.runs ?? RUNS)[pace];
  const sides = scenario.sides.map((side) => ({
    side,
    outcomes: [] as Outcome[],
    failure: undefined as string | undefined,
  }));
  let done = 0;
  for (let run = 0; run < runs; run++) {
    for (const each of sides) {
      onRun(++done, runs * sides.length);
      if (each.failure !== undefined) continue;
      try {
        each.outcomes.push(await runSide(each.side, scenario[pace]));
      } catch (error) {
        if (!(error instanceof SideError)) throw error;
        each.failure = error.message;
      }
    }
  }
  return sides.map(({ side, outcomes, failure }) => ({
    side,
    outcomes,
    ...(failure === undefined ? {} : { failure }),
  }));
}
