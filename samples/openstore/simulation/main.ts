import { describeResult, simulate, type SimulationResult } from '@ndomain/testing';
import { Command, InvalidArgumentError } from 'commander';
import { Orders } from './orders.ts';

interface Options {
  readonly seeds?: number;
  readonly seed?: number;
  readonly steps: number;
}

const DEFAULT_SEEDS = 1_000;
/** As many failed seeds are told in full; of the others only the number. */
const TOLD_IN_FULL = 3;
const PROGRESS_EVERY_MS = 2_000;

/** Results go to stdout as one line of JSON, everything else to stderr. */
await new Command('simulate')
  .description("simulates OpenStore's orders in several processes, with everything going wrong that can")
  .option('--seeds <count>', `how many seeds (default: ${DEFAULT_SEEDS}; 1 with --seed)`, wholeNumber(1))
  .option('--seed <number>', 'the first seed: alone, replays it and tells all about it', wholeNumber(0))
  .option('--steps <count>', 'how often the outside world acts, per seed', wholeNumber(1), 16)
  .action(run)
  .parseAsync();

async function run({ seed, seeds = seed === undefined ? DEFAULT_SEEDS : 1, steps }: Options): Promise<void> {
  const first = seed ?? 1;
  const begun = performance.now();
  const failed: number[] = [];
  let violations = 0;
  let toldAt = begun;
  for (let each = first; each < first + seeds; each++) {
    const result = await simulate({ seed: each, steps }, () => new Orders());
    violations += result.violations.length;
    if (result.violations.length > 0) {
      failed.push(each);
      if (failed.length <= TOLD_IN_FULL) tell(result, steps);
    } else if (seeds === 1) {
      console.error(describeResult(result));
    }
    if (performance.now() - toldAt > PROGRESS_EVERY_MS) {
      toldAt = performance.now();
      console.error(`${each - first + 1} of ${seeds} seeds, ${failed.length} failed`);
    }
  }
  const seconds = Math.round((performance.now() - begun) / 10) / 100;
  if (failed.length > 0) console.error(`failed: ${failed.join(' ')}`);
  console.log(JSON.stringify({ seeds, violations, seconds }));
  if (violations > 0) process.exitCode = 1;
}

function tell(result: SimulationResult, steps: number): void {
  console.error(describeResult(result));
  console.error(`  replay: npm run simulate -- --seed ${result.seed} --steps ${steps}`);
}

function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    if (Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`Expected a whole number of at least ${least}.`);
  };
}
