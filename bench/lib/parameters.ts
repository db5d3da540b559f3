import type { Parameters } from './scenario.ts';

/** A number that a side was given. Throws where there is none: a scenario forgot it. */
export function numberOf(parameters: Parameters, name: string): number {
  const value = parameters[name];
  if (typeof value === 'number') return value;
  throw new Error(`the parameter "${name}" must be a number, got ${JSON.stringify(value)}`);
}

/** A text that a side was given. Throws where there is none. */
export function textOf(parameters: Parameters, name: string): string {
  const value = parameters[name];
  if (typeof value === 'string') return value;
  throw new Error(`the parameter "${name}" must be a text, got ${JSON.stringify(value)}`);
}
