import type { Mutant, Original } from './mutant.ts';
import { SIMULATION_MUTANTS, SIMULATION_ORIGINAL } from './simulation-mutants.ts';
import { SUITE_MUTANTS, SUITE_ORIGINALS } from './suites.ts';

export const MUTANTS: readonly Mutant[] = [...SUITE_MUTANTS, ...SIMULATION_MUTANTS];
export const ORIGINALS: readonly Original[] = [...SUITE_ORIGINALS, SIMULATION_ORIGINAL];
