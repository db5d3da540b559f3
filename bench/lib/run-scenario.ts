import { isSettled } from './judge.ts';
import { runSide, SideError } from './run-side.ts';
import type { Outcome, Scenario, Side, SideRuns } from './scenario.ts';

/** How often each side of a scenario runs: at least, and as long as its verdict is not settled. */
const RUNS = { full: [5, 11], quick: [3, 3] } as const;

/** Runs all sides in turns (A B C A B C …), so that whatever slows the machine for a while slows all of them. */
export async function runScenario(
  scenario: Scenario,
  pace: 'full' | 'quick',
  onRun: (run: number, who: string) => void,
): Promise<readonly SideRuns[]> {
  const fixed = scenario.runs?.[pace];
  const [least, most] = fixed === undefined ? RUNS[pace] : [fixed, fixed];
  const sides = scenario.sides.map((side) => new Turns(side));
  for (let run = 1; run <= least || (run <= most && !isSettled(scenario, sides)); run++) {
    for (const each of sides) {
      onRun(run, each.side.who);
      if (each.failure !== undefined) continue;
      try {
        each.outcomes.push(await runSide(each.side, scenario[pace]));
      } catch (error) {
        if (!(error instanceof SideError)) throw error;
        each.failure = error.message;
      }
    }
  }
  return sides;
}

/** The runs of one side, so far. */
class Turns implements SideRuns {
  readonly outcomes: Outcome[] = [];
  failure?: string;
  readonly side: Side;

  constructor(side: Side) {
    this.side = side;
  }
}
