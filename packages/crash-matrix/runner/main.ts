/**
 * The crash matrix with real processes, ended by SIGKILL. Progress goes to stderr; one line of JSON to stdout. Exits with 1 when
 * anything was lost, made up, doubled or out of order, or a process failed that nobody killed; with 2 for bad arguments.
 */
import { messageOf } from '@ndomain/core';
import { isClean, type Verdict } from '@ndomain/testing/crash';
import { argumentsOf, USAGE, type Arguments } from './arguments.ts';
import type { Pair } from './pairs.ts';
import { runPair } from './run-pair.ts';

/** Of each kind, this many findings are printed in full. */
const MOST_FINDINGS = 10;
const KILLS_PER_REPORT = 50;

const totals = { pairs: 0, kills: 0, lost: 0, phantom: 0, doubled: 0 };
process.exitCode = await main();

async function main(): Promise<number> {
  let wanted: Arguments;
  try {
    wanted = argumentsOf(process.argv.slice(2));
  } catch (error) {
    say(`${messageOf(error)}\n${USAGE}`);
    return 2;
  }
  try {
    const verdicts: Verdict[] = [];
    for (const pair of wanted.pairs) verdicts.push(await run(pair, wanted));
    return verdicts.every(isClean) ? 0 : 1;
  } catch (error) {
    say(error instanceof Error ? (error.stack ?? error.message) : messageOf(error));
    return 1;
  } finally {
    process.stdout.write(`${JSON.stringify(totals)}\n`);
  }
}

async function run(pair: Pair, { kills, sabotage }: Arguments): Promise<Verdict> {
  const startedAt = Date.now();
  const places = new Map<string, number>();
  say(`${pair.name}: ${kills} kills`);
  totals.pairs++;
  const { verdict, commands, events } = await runPair(pair, {
    kills,
    sabotage,
    onKill(count, where) {
      totals.kills++;
      places.set(where, (places.get(where) ?? 0) + 1);
      if (count % KILLS_PER_REPORT === 0) say(`${pair.name}: ${count} killed after ${seconds(startedAt)} s`);
    },
    onWait: (left) => say(`${pair.name}: waiting for ${left.slice(0, 5).join('; ')}`),
  });
  totals.lost += verdict.lost.length;
  totals.phantom += verdict.phantom.length;
  totals.doubled += verdict.doubled.length;
  say(`${pair.name}: ${commands} commands, ${events} events, ${seconds(startedAt)} s`);
  say(`${pair.name}: killed ${[...places].map(([where, count]) => `${count} ${where}`).join(', ')}`);
  sayFindings(verdict);
  return verdict;
}

function sayFindings(verdict: Verdict): void {
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
