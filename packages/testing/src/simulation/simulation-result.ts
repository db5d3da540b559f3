import type { Violation } from './violation.ts';

/** What came of one seed. */
export interface SimulationResult {
  readonly seed: number;
  /** Empty: every guarantee held. */
  readonly violations: readonly Violation[];
  /** The same for two runs in which the same happened. */
  readonly traceHash: string;
  /** The last of what happened, one line each: milliseconds since the beginning, who, what. */
  readonly trace: readonly string[];
  readonly figures: SimulationFigures;
}

/** How much happened, so that a run in which nothing did can be told. */
export interface SimulationFigures {
  readonly commands: number;
  readonly events: number;
  readonly messages: number;
  /** How many processes there were in all. */
  readonly processes: number;
  /** How many calls went wrong, or were late. */
  readonly faults: number;
  /** How long it took by the virtual clock, in milliseconds. */
  readonly virtualMs: number;
}

/** What a person needs in order to look into a seed that failed. */
export function describeResult(
  { seed, violations, trace, traceHash, figures }: SimulationResult,
  lastEntries = 60,
): string {
  const { commands, events, messages, processes, faults } = figures;
  const what = violations.map(
    ({ guarantee, step, what }) => `  ${guarantee}: ${what}${step === 0 ? '' : ` (step ${step})`}`,
  );
  return [
    `seed ${seed}: ${violations.length === 0 ? 'no violation' : `${violations.length} violation(s)`}`,
    ...what,
    `  after ${commands} commands, ${events} events, ${messages} messages, ${processes} processes, ${faults} faults; trace ${traceHash}`,
    ...(violations.length === 0
      ? []
      : ['  the last of what happened:', ...trace.slice(-lastEntries).map((line) => `    ${line}`)]),
  ].join('\n');
}
