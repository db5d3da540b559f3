import { parseArgs } from 'node:util';
import type { Scenario } from './scenario.ts';

export const USAGE = `npm run bench -- [options]

  --only NAME,…     only scenarios whose names begin so; the names are below
  --quick           fewer and shorter runs: six minutes instead of forty
  --json FILE       also writes all figures there
  --results         also writes bench/RESULTS.md
  --profile NAME    writes a CPU profile of our side of one scenario, and prints its hottest functions
  --harness         instead: each peer as it is measured here, beside its own benchmark
  --check           types and lint of bench/ itself
  --list            the scenarios
`;

/** What the user asked for. */
export interface Arguments {
  readonly scenarios: readonly Scenario[];
  readonly pace: 'full' | 'quick';
  readonly json: string | undefined;
  readonly results: boolean;
  readonly profile: Scenario | undefined;
  readonly list: boolean;
}

/** A mistake of the user's: shown as it is, without a stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Throws {@link UsageError}. */
export function readArguments(
  args: readonly string[],
  measured: readonly Scenario[],
  harnesses: readonly Scenario[],
): Arguments {
  const { only, quick, json, results, profile, list, harness } = parse(args);
  const all = harness ? harnesses : measured;
  if (results && (harness || only !== undefined)) {
    throw new UsageError('--results records a run of everything: leave out --only and --harness.');
  }
  const scenarios = only === undefined ? all : only.split(',').flatMap((name) => chosen(name, all));
  const profiled = profile === undefined ? undefined : chosen(profile, all)[0];
  return { scenarios: [...new Set(scenarios)], pace: quick ? 'quick' : 'full', json, results, profile: profiled, list };
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        only: { type: 'string' },
        quick: { type: 'boolean', default: false },
        json: { type: 'string' },
        results: { type: 'boolean', default: false },
        profile: { type: 'string' },
        list: { type: 'boolean', default: false },
        harness: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}

function chosen(name: string, all: readonly Scenario[]): readonly Scenario[] {
  const exact = all.filter((scenario) => scenario.name === name);
  const found = exact.length > 0 ? exact : all.filter((scenario) => scenario.name.startsWith(name));
  if (name !== '' && found.length > 0) return found;
  throw new UsageError(
    `There is no scenario "${name}". There are: ${all.map((scenario) => scenario.name).join(', ')}.`,
  );
}
