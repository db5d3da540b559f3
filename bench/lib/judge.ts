import type { Goal, Measure, Scenario, Side, SideRuns } from './scenario.ts';
import { median, medianInterval } from './statistics.ts';

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
  /** The median of the ratios of all rounds. */
  readonly ratioToBestPeer: number | null;
  readonly ratioToLimit: number | null;
  readonly goal: Goal;
  readonly met: boolean;
  /** Its runs do not tell on which side of its goal it is: another run may judge otherwise. */
  readonly close: boolean;
  readonly work: string;
  readonly runs: number;
  readonly failures: readonly string[];
}

/** What is held against one part of a goal: a figure for each round. */
interface Comparison {
  readonly values: readonly number[];
  readonly goal: number | undefined;
}

/** What one measure of a scenario comes to. */
interface Judgement {
  readonly toPeer: Comparison;
  readonly toLimit: Comparison;
  readonly own: Comparison;
  readonly results: readonly Result[];
}

/** One verdict for each measure of a scenario. */
export function judge(scenario: Scenario, sides: readonly SideRuns[]): readonly Verdict[] {
  return scenario.measures.map((measure) => verdictOn(scenario, measure, sides));
}

/** False where more rounds may change a verdict. */
export function isSettled(scenario: Scenario, sides: readonly SideRuns[]): boolean {
  return scenario.measures.every((measure) => !isClose(judgementOf(measure, sides)));
}

function verdictOn(scenario: Scenario, measure: Measure, sides: readonly SideRuns[]): Verdict {
  const { unit, higherIsBetter, goal, name } = measure;
  const judgement = judgementOf(measure, sides);
  const { toPeer, toLimit, own, results } = judgement;
  const met =
    [toPeer, toLimit, own].every((comparison) => isMet(comparison, higherIsBetter)) &&
    own.values.length > 0 &&
    // Who cannot run at all is no measure of anybody.
    !sides.some(({ side, failure }) => failure !== undefined && side.kind !== 'variant');
  return {
    scenario: name === '' ? scenario.name : `${scenario.name}: ${name}`,
    unit,
    higherIsBetter,
    results,
    ratioToBestPeer: median(toPeer.values) ?? null,
    ratioToLimit: median(toLimit.values) ?? null,
    goal,
    met,
    close: isClose(judgement),
    work: scenario.work,
    runs: Math.max(0, ...sides.map(({ outcomes }) => outcomes.length)),
    failures: sides.flatMap(({ side, failure }) => (failure === undefined ? [] : [`${side.who}: ${failure}`])),
  };
}

function judgementOf({ name, goal, higherIsBetter }: Measure, sides: readonly SideRuns[]): Judgement {
  const of = (kind: Side['kind']): number[][] =>
    sides.filter(({ side }) => side.kind === kind).map((runs) => valuesOf(runs, name));
  const [ours = []] = of('ours');
  const [limit = []] = of('limit');
  return {
    toPeer: { values: ratios(ours, bestOf(of('peer'), higherIsBetter)), goal: goal.peer },
    toLimit: { values: ratios(ours, limit), goal: goal.limit },
    own: { values: ours, goal: goal.value },
    results: sides.flatMap((runs) => resultOf(runs.side, valuesOf(runs, name)) ?? []),
  };
}

/** In the order of the rounds. */
function valuesOf({ outcomes }: SideRuns, measure: string): number[] {
  return outcomes.flatMap(({ values }) => values[measure] ?? []);
}

function resultOf({ who, kind }: Side, values: readonly number[]): Result | undefined {
  const middle = median(values);
  if (middle === undefined) return undefined;
  return { who, kind, median: middle, min: Math.min(...values), max: Math.max(...values) };
}

/** The peer that is best in the median. */
function bestOf(peers: readonly number[][], higherIsBetter: boolean): readonly number[] {
  const rank = (values: readonly number[]): number => (median(values) ?? NaN) * (higherIsBetter ? -1 : 1);
  return peers.filter(({ length }) => length > 0).toSorted((a, b) => rank(a) - rank(b))[0] ?? [];
}

/** Of what ran in the same round: what slowed the machine for a while slowed both. */
function ratios(ours: readonly number[], theirs: readonly number[]): number[] {
  return ours.flatMap((value, round) => {
    const other = theirs[round];
    return other === undefined || other === 0 ? [] : [value / other];
  });
}

function isMet({ values, goal }: Comparison, higherIsBetter: boolean): boolean {
  if (goal === undefined) return true;
  const found = median(values);
  if (found === undefined) return false;
  return higherIsBetter ? found >= goal : found <= goal;
}

function isClose({ toPeer, toLimit, own }: Judgement): boolean {
  return [toPeer, toLimit, own].some(({ values, goal }) => {
    const interval = medianInterval(values);
    if (goal === undefined || interval === undefined) return false;
    const [from, to] = interval;
    return from < goal && goal < to;
  });
}
