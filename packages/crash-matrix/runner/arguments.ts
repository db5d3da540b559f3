import { parseArgs } from 'node:util';
import { allPairs, pairNamed, type Pair } from './pairs.ts';
import { SABOTAGES, type Sabotage } from './sabotage.ts';

export interface Arguments {
  /** For each pair. */
  readonly kills: number;
  readonly pairs: readonly Pair[];
  readonly sabotage: Sabotage;
}

export const USAGE = 'npm run crash-matrix -- [--kills 500] [--only localxlocal] [--sabotage repeats|forgets|halves]';
const DEFAULT_KILLS = '500';

/** Throws an error that says what is wrong. */
export function argumentsOf(given: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...given],
    options: {
      kills: { type: 'string', default: DEFAULT_KILLS },
      only: { type: 'string' },
      sabotage: { type: 'string', default: 'none' },
    },
  });
  const kills = Number(values.kills);
  if (!Number.isInteger(kills) || kills < 1) {
    throw new Error(`--kills must be a whole number from 1, got "${values.kills}".`);
  }
  const sabotage = SABOTAGES.find((each) => each === values.sabotage);
  if (sabotage === undefined) {
    throw new Error(`There is no sabotage "${values.sabotage}". There are: ${SABOTAGES.join(', ')}.`);
  }
  return { kills, pairs: values.only === undefined ? allPairs() : [pairNamed(values.only)], sabotage };
}
