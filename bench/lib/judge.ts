import type { SideRuns } from './run-scenario.ts';
import type { Goal, Measure, Scenario, Side } from './scenario.ts';

/** One side's figure over all its runs. */
export interface Result {
  readonly who: string;
  readonly kind: Side['kind'];
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** One row: what a scenario measured, and whether its goal was met. The shape that `--json` writes. */
export interface Verdict {
  readonly scenario: string;
  readonly unit: string;
  readonly higherIsBetter: boolean;
  readonly results: readonly Result[];
  readonly ratioToBestPeer: number | null;
  readonly ratioToLimit: number | null;
  readonly goal: Goal;
  readonly met: boolean;
  readonly work: string;
  readonly runs: number;
  readonly failures: readonly string[];
}

/** One verdict for each measure of a scenario. */
export function judge(scenario: Scenario, sides: readonly SideRuns[]): readonly Verdict[] {
  return scenario.measures.map((measure) => verdictOn(scenario, measure, sides));
}

function verdictOn(scenario: Scenario, measure: Measure, sides: readonly SideRuns[]): Verdict {
  const { unit, higherIsBetter, goal } = measure;
  const results = sides.flatMap((side) => resultOf(side, measure.name) ?? []);
  const failures = sides.flatMap(({ side, failure }) => (failure === undefined ? [] : [`${side.who}: ${failure}`]));
  const ours = results.find(({ kind }) => kind === 'ours')?.median;
  const best = bestOf(
    results.filter(({ kind }) => kind === 'peer').map(({ median }) => median),
    higherIsBetter,
  );
  const limit = results.find(({ kind }) => kind === 'limit')?.median;
  const ratioToBestPeer = ratio(ours, best);
  const ratioToLimit = ratio(ours, limit);
  const isMet = (found: number | null | undefined, wanted: number | undefined): boolean => {
    if (wanted === undefined) return true;
    if (found === undefined || found === null) return false;
    return higherIsBetter ? found >= wanted : found <= wanted;
  };
  const met =
    ours !== undefined &&
    isMet(ratioToBestPeer, goal.peer) &&
    isMet(ratioToLimit, goal.limit) &&
    isMet(ours, goal.value) &&
    // Who cannot run at all is no measure of anybody.
    !sides.some(({ side, failure }) => failure !== undefined && side.kind !== 'variant');
  const name = measure.name === '' ? scenario.name : `${scenario.name}: ${measure.name}`;
  const runs = Math.max(0, ...sides.map(({ outcomes }) => outcomes.length));
  return {
    scenario: name,
    unit,
    higherIsBetter,
    results,
    ratioToBestPeer,
    ratioToLimit,
    goal,
    met,
    work: scenario.work,
    runs,
    failures,
  };
}

function resultOf({ side, outcomes }: SideRuns, measure: string): Result | undefined {
  const values = outcomes.flatMap(({ values }) => values[measure] ?? []).sort((a, b) => a - b);
  const [min] = values;
  const max = values.at(-1);
  if (min === undefined || max === undefined) return undefined;
  return { who: side.who, kind: side.kind, median: values[values.length >> 1] ?? min, min, max };
}

function bestOf(values: readonly number[], higherIsBetter: boolean): number | undefined {
  if (values.length === 0) return undefined;
  return higherIsBetter ? Math.max(...values) : Math.min(...values);
}

function ratio(ours: number | undefined, theirs: number | undefined): number | null {
  return ours === undefined || theirs === undefined || theirs === 0 ? null : ours / theirs;
}
