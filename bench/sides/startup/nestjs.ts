import { measureStartup } from '../../lib/startup.ts';
import type { Outcome, Parameters } from '../../lib/scenario.ts';

export function run(parameters: Parameters): Promise<Outcome> {
  return measureStartup(parameters, 'nestjs.mjs');
}
