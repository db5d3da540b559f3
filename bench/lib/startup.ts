import { execFileSync } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { numberOf } from './parameters.ts';
import type { Outcome, Parameters } from './scenario.ts';

const FOLDER = path.join(import.meta.dirname, '..', 'sides', 'startup');

/** What a program of `sides/startup` prints. */
interface Printed {
  readonly ms: number;
  readonly rss: number;
  readonly handled: number;
}

/** Runs a program, which is plain JavaScript so that nothing has to be compiled first, beside one that only waits; medians of both. */
export async function measureStartup(parameters: Parameters, program: string): Promise<Outcome> {
  const often = numberOf(parameters, 'often');
  const ms: number[] = [];
  const bytes: number[] = [];
  let handled = 0;
  for (let i = 0; i < often; i++) {
    const bare = print('bare.mjs');
    const found = print(program);
    ms.push(found.ms);
    bytes.push(found.rss - bare.rss);
    handled += found.handled;
  }
  return {
    values: { time: median(ms), memory: median(bytes) / 1_000_000 },
    proof: { 'first messages handled': [handled, often] },
  };
}

function print(program: string): Printed {
  return JSON.parse(execFileSync(process.execPath, [path.join(FOLDER, program)], { encoding: 'utf8' })) as Printed;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
