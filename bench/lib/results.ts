import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Verdict } from './judge.ts';
import { machine } from './machine.ts';
import { comparison, figure, goalText } from './table.ts';
import { versions } from './versions.ts';

const RESULTS = path.join(import.meta.dirname, '..', 'RESULTS.md');
const NOTES = path.join(import.meta.dirname, '..', 'NOTES.md');

/** Writes `RESULTS.md`: all rows, and behind them what `NOTES.md` has to say about them, which is written by hand. */
export function writeResults(verdicts: readonly Verdict[], pace: 'full' | 'quick'): void {
  const met = verdicts.filter((verdict) => verdict.met).length;
  const date = new Date().toISOString().slice(0, 10);
  const text = [
    '# Results',
    '',
    `The last ${pace} run, written by \`npm run bench -- ${pace === 'quick' ? '--quick ' : ''}--results\` on ${date}. ${met} of ${verdicts.length} goals met.`,
    '',
    `Machine: ${machine()}.`,
    '',
    `Versions: ${versions()}.`,
    '',
    'Each figure is the median of its runs, with the least and the most; each run is a process of its own, and the sides take turns. A ratio is the ' +
      'median of those of all rounds. A verdict is *close* where its runs do not tell on which side of the goal it is.',
    '',
    ...verdicts.flatMap(section),
    readFileSync(NOTES, 'utf8').trimEnd(),
    '',
  ];
  writeFileSync(RESULTS, text.join('\n'));
}

function section(verdict: Verdict): string[] {
  const { scenario, unit, goal, higherIsBetter, met, close, work, runs, results, failures } = verdict;
  return [
    `## ${scenario}: ${met ? 'met' : '**missed**'}${close ? ', close' : ''}`,
    '',
    `${work}. ${runs} runs. Goal: ${goalText(goal, higherIsBetter)}.`,
    '',
    `| who | ${unit} | least | most | |`,
    '| --- | ---: | ---: | ---: | --- |',
    ...results.map(({ who, kind, median, min, max }) => {
      const ratios = kind === 'ours' ? comparison(verdict) : kind === 'variant' ? 'not compared' : '';
      return `| ${who} | ${figure(median)} | ${figure(min)} | ${figure(max)} | ${ratios} |`;
    }),
    ...failures.map((failure) => `\nFailed: ${failure}`),
    '',
  ];
}
