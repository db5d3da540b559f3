/**
 * The crash matrix with real processes, ended by SIGKILL: `npm run crash-matrix -- --kills 500 [--only localxlocal]`. Progress goes to
 * stderr; one line of JSON to stdout. Exits with 1 when anything was lost, made up, doubled or out of order.
 */
import { parseArgs } from 'node:util';
import { isClean, type Verdict } from '@ndomain/testing/crash';
import { allPairs, pairNamed } from './pairs.ts';
import { runPair } from './run-pair.ts';
import { SABOTAGES, type Sabotage } from './sabotage.ts';

const DEFAULT_KILLS = 500;
/** Of each kind, this many findings are printed in full. */
const MOST_FINDINGS = 10;

const totals = { pairs: 0, kills: 0, lost: 0, phantom: 0, doubled: 0 };
const { kills, pairs, sabotage } = options();
for (const pair of pairs) {
  const startedAt = Date.now();
  const places = new Map<string, number>();
  say(`${pair.name}: ${kills} kills`);
  const { verdict, commands, events } = await runPair(pair, {
    kills,
    sabotage,
    onKill(count, where) {
      totals.kills++;
      places.set(where, (places.get(where) ?? 0) + 1);
      if (count % 50 === 0) say(`${pair.name}: ${count} killed after ${seconds(startedAt)} s`);
    },
  });
  totals.pairs++;
  totals.lost += verdict.lost.length;
  totals.phantom += verdict.phantom.length;
  totals.doubled += verdict.doubled.length;
  say(`${pair.name}: ${commands} commands, ${events} events, ${seconds(startedAt)} s`);
  say(`${pair.name}: killed ${[...places].map(([where, count]) => `${count} ${where}`).join(', ')}`);
  reportFindings(verdict);
  if (!isClean(verdict)) process.exitCode = 1;
}
process.stdout.write(`${JSON.stringify(totals)}\n`);

function options(): { kills: number; pairs: ReturnType<typeof allPairs>; sabotage: Sabotage } {
  const { values } = parseArgs({
    options: { kills: { type: 'string' }, only: { type: 'string' }, sabotage: { type: 'string', default: 'none' } },
  });
  const count = Number(values.kills ?? DEFAULT_KILLS);
  if (!Number.isInteger(count) || count < 1) {
    throw new Error(`--kills must be a whole number from 1, got "${values.kills}". Such as: --kills 500`);
  }
  const chosen = SABOTAGES.find((each) => each === values.sabotage);
  if (chosen === undefined) {
    throw new Error(`There is no sabotage "${values.sabotage}". There are: ${SABOTAGES.join(', ')}.`);
  }
  return { kills: count, pairs: values.only === undefined ? allPairs() : [pairNamed(values.only)], sabotage: chosen };
}

function reportFindings(verdict: Verdict): void {
  for (const [kind, findings] of Object.entries(verdict) as [string, readonly string[]][]) {
    for (const finding of findings.slice(0, MOST_FINDINGS)) say(`  ${kind}: ${finding}`);
    if (findings.length > MOST_FINDINGS) say(`  ${kind}: ${findings.length - MOST_FINDINGS} more`);
  }
}

function seconds(since: number): string {
  return ((Date.now() - since) / 1_000).toFixed(1);
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
