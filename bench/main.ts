/* oxlint-disable no-console */
/* `npm run bench`: measures us, our peers and the limit side by side, and fails when a goal is missed. See README.md. */
import { writeFileSync } from 'node:fs';
import process from 'node:process';
import { readArguments, USAGE, UsageError, type Arguments } from './lib/arguments.ts';
import { judge, type Verdict } from './lib/judge.ts';
import { machine } from './lib/machine.ts';
import { profile } from './lib/profile.ts';
import { writeResults } from './lib/results.ts';
import { runScenario } from './lib/run-scenario.ts';
import { table } from './lib/table.ts';
import { HARNESSES } from './scenarios/harness.ts';
import { SCENARIOS } from './scenarios/index.ts';

async function main(): Promise<void> {
  const given = readArguments(process.argv.slice(2), SCENARIOS, HARNESSES);
  if (given.list)
    return console.log([USAGE, ...SCENARIOS.map(({ name, work }) => `  ${name.padEnd(28)} ${work}`)].join('\n'));
  if (given.profile !== undefined) return profile(given.profile);
  const started = performance.now();
  const verdicts = await runAll(given);
  console.log(table(verdicts));
  console.log(`${machine()}; took ${Math.round((performance.now() - started) / 1_000)} s.`);
  if (given.json !== undefined) writeFileSync(given.json, `${JSON.stringify(verdicts, undefined, 2)}\n`);
  if (given.results) writeResults(verdicts, given.pace);
  if (verdicts.some(({ met }) => !met)) process.exitCode = 1;
}

async function runAll({ scenarios, pace }: Arguments): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const scenario of scenarios) {
    const start = performance.now();
    const sides = await runScenario(scenario, pace, (run, who) => progress(`${scenario.name}, run ${run}: ${who}`));
    const found = judge(scenario, sides);
    progress('');
    const seconds = Math.round((performance.now() - start) / 1_000);
    for (const { scenario: name, met, close } of found)
      console.error(`${met ? 'met   ' : 'MISSED'} ${name} (${seconds} s${close ? ', close' : ''})`);
    verdicts.push(...found);
  }
  return verdicts;
}

/** One line that is written over, where somebody looks on. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${text}`);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
