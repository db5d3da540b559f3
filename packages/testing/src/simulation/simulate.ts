import type { Clock } from '@ndomain/core';
import { turns } from '../time/turns.ts';
import { isolated } from './isolated.ts';
import type { SimulationScenario } from './scenario.ts';
import type { SimulatedServers } from './servers.ts';
import { Simulation } from './simulation.ts';
import { FAULT_DEFAULTS, type SimulationFaults } from './simulation-faults.ts';
import type { SimulationResult } from './simulation-result.ts';
import { SeededRandom } from './seeded-random.ts';

export interface SimulationOptions {
  /** Decides everything that happens by chance. The same seed makes the same things happen. */
  readonly seed: number;
  /**
   * How often the outside world acts, at least 1.
   * @default 20
   */
  readonly steps?: number | undefined;
  /** What goes wrong, and how often. `'none'`: nothing does. */
  readonly faults?: Partial<SimulationFaults> | 'none' | undefined;
  /**
   * What stands behind the seams: to simulate an implementation of one's own. What is not given is in memory.
   * @default all in memory
   */
  readonly servers?: ((clock: Clock) => SimulatedServers) | undefined;
}

const NO_FAULTS: SimulationFaults = {
  crash: 0,
  failBefore: 0,
  loseAnswer: 0,
  delay: 0,
  duplicate: 0,
  pause: 0,
  leaseLoss: 0,
  reorder: 0,
  resend: 0,
  restart: 0,
  longestDelayMs: 0,
  longestPauseMs: 0,
};

// They share Math.random while they run, so they wait for each other.
let lastRun: Promise<unknown> = Promise.resolve();

/**
 * Runs a domain in several processes at once – one thread, shared servers in memory, a virtual clock – while things go wrong by chance:
 * processes die at any call and come back, stand still, lose answers and leases, get messages twice and in another order. Then all
 * faults end, everything comes to rest, and the guarantees G1 to G9 are checked, and what the scenario checks besides.
 *
 * The same seed replays exactly, as long as all chance in the scenario comes from `world.random` or `Math.random`, and nothing in it
 * waits for anything but the clock and the seams of its context.
 */
export function simulate(options: SimulationOptions, scenario: () => SimulationScenario): Promise<SimulationResult> {
  const run = lastRun.then(() => runSeed(options, scenario));
  lastRun = run.catch(() => undefined);
  return run;
}

async function runSeed(
  { seed, steps = 20, faults = {}, servers = () => ({}) }: SimulationOptions,
  scenario: () => SimulationScenario,
): Promise<SimulationResult> {
  const rates = faults === 'none' ? NO_FAULTS : { ...FAULT_DEFAULTS, ...faults };
  // A turn of its own, which the run does not leave: nobody else sees its Math.random.
  await turns();
  return isolated(new SeededRandom(~seed).next, () =>
    new Simulation({ seed, steps, faults: rates, servers }, scenario()).run(),
  );
}

/** What came of many seeds. */
export interface SimulationSummary {
  readonly seeds: number;
  /** Those in which something did not hold. */
  readonly failed: readonly SimulationResult[];
}

/** Runs `seeds` seeds, from `firstSeed` on. */
export async function simulateSeeds(
  { seeds, firstSeed = 1, ...options }: Omit<SimulationOptions, 'seed'> & { seeds: number; firstSeed?: number },
  scenario: () => SimulationScenario,
): Promise<SimulationSummary> {
  const failed: SimulationResult[] = [];
  for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
    const result = await simulate({ ...options, seed }, scenario);
    if (result.violations.length > 0) failed.push(result);
  }
  return { seeds, failed };
}
