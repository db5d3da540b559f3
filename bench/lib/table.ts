import type { Result, Verdict } from './judge.ts';
import type { Goal } from './scenario.ts';

/** All verdicts as one table, a line for each side. */
export function table(verdicts: readonly Verdict[]): string {
  const lines = verdicts.flatMap((verdict) => [
    '',
    ...heading(verdict),
    ...verdict.results.map((result) => line(result, verdict)),
  ]);
  const missed = verdicts.filter(({ met }) => !met);
  const end =
    missed.length === 0 ? 'All goals are met.' : `Missed: ${missed.map(({ scenario }) => scenario).join(', ')}.`;
  return [...lines, '', end].join('\n');
}

function heading(verdict: Verdict): string[] {
  const failures = verdict.failures.map((failure) => `  ! ${failure}`);
  return [
    `${verdict.scenario} (${verdict.unit}): ${verdict.met ? 'met' : 'MISSED'}${verdict.close ? ', close' : ''}`,
    `  ${verdict.work}`,
    ...failures,
  ];
}

function line(result: Result, verdict: Verdict): string {
  const figures = `${figure(result.median).padStart(12)}  (${figure(result.min)} … ${figure(result.max)})`;
  return `  ${result.who.padEnd(34)} ${figures.padEnd(42)} ${result.kind === 'ours' ? comparison(verdict) : ''}`.trimEnd();
}

/** What the ratios are, each beside its goal. */
export function comparison({ goal, ratioToBestPeer, ratioToLimit, higherIsBetter }: Verdict): string {
  const sign = higherIsBetter ? '≥' : '≤';
  const part = (name: string, ratio: number | null, wanted: number | undefined): string[] => {
    if (ratio === null) return wanted === undefined ? [] : [`no ${name} to compare with`];
    return [`${ratio.toFixed(2)} × ${name}${wanted === undefined ? '' : ` (goal ${sign} ${wanted})`}`];
  };
  const own = goal.value === undefined ? [] : [`goal ${sign} ${figure(goal.value)}`];
  return [...part('best peer', ratioToBestPeer, goal.peer), ...part('limit', ratioToLimit, goal.limit), ...own].join(
    ', ',
  );
}

/** The goal in words. */
export function goalText(goal: Goal, higherIsBetter: boolean): string {
  const sign = higherIsBetter ? '≥' : '≤';
  const parts = [
    goal.peer === undefined ? [] : [`${sign} ${goal.peer} × best peer`],
    goal.limit === undefined ? [] : [`${sign} ${goal.limit} × limit`],
    goal.value === undefined ? [] : [`${sign} ${figure(goal.value)}`],
  ];
  return parts.flat().join(', ') || '–';
}

/** A number as a reader wants it: three digits that matter, or all of a large one. */
export function figure(value: number): string {
  if (value === 0) return '0';
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));
}
