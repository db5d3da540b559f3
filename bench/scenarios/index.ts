import type { Scenario } from '../lib/scenario.ts';
import { SEND } from './send.ts';
import { UPDATE } from './update.ts';

/** All that is measured, in the order of the table. */
export const SCENARIOS: readonly Scenario[] = [...SEND, ...UPDATE];
