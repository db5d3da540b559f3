/* oxlint-disable no-console */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { runSide } from './run-side.ts';
import type { Scenario } from './scenario.ts';

const FOLDER = path.join(import.meta.dirname, '..', '.cache', 'profiles');
const SHOWN = 30;

/** What V8 writes: https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
}

/** Runs our side of a scenario under the profiler, keeps the profile and prints where the time went. */
export async function profile(scenario: Scenario): Promise<void> {
  const ours = scenario.sides.find(({ kind }) => kind === 'ours');
  if (ours === undefined) throw new Error(`${scenario.name} has no side of ours`);
  mkdirSync(FOLDER, { recursive: true });
  const name = `${scenario.name}.cpuprofile`;
  await runSide(ours, scenario.full, ['--cpu-prof', `--cpu-prof-dir=${FOLDER}`, `--cpu-prof-name=${name}`]);
  const file = path.join(FOLDER, name);
  // A side may work in several processes; the profile under this name is of the one that was started.
  if (!readdirSync(FOLDER).includes(name)) throw new Error(`Node wrote no profile to ${file}`);
  console.log(hottest(JSON.parse(readFileSync(file, 'utf8')) as CpuProfile));
  console.log(
    `\nThe whole profile, for the performance panel of a browser's tools: ${path.relative(process.cwd(), file)}`,
  );
}

/** The functions that most samples were taken in themselves, not in what they called. */
function hottest({ nodes, samples }: CpuProfile): string {
  const byId = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const counts = new Map<string, number>();
  for (const sample of samples) {
    const frame = byId.get(sample);
    if (frame === undefined || frame.functionName === '(idle)') continue;
    const place = frame.url === '' ? '' : `${frame.url.split('/').slice(-3).join('/')}:${frame.lineNumber + 1}`;
    const key = `${(frame.functionName || '(anonymous)').padEnd(32)} ${place}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const busy = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, SHOWN)
    .map(([key, count]) => `${((count * 100) / busy).toFixed(1).padStart(5)} %  ${key}`)
    .join('\n');
}
