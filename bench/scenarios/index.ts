import type { Scenario } from '../lib/scenario.ts';
import { GROWTH } from './growth.ts';
import { OPERATIONS } from './operations.ts';
import { PIPELINE } from './pipeline.ts';
import { REBUILD } from './rebuild.ts';
import { REDIS_DRAIN, REDIS_LATENCY, REDIS_RECOVERY, REDIS_THROUGHPUT } from './redis.ts';
import { SEND } from './send.ts';
import { SQLITE } from './sqlite.ts';
import { STARTUP } from './startup.ts';
import { UPDATE } from './update.ts';

/** All that is measured, in the order of the table. */
export const SCENARIOS: readonly Scenario[] = [
  ...SEND,
  ...UPDATE,
  ...REBUILD,
  ...PIPELINE,
  ...SQLITE,
  ...REDIS_THROUGHPUT,
  ...REDIS_LATENCY,
  ...REDIS_DRAIN,
  ...REDIS_RECOVERY,
  ...GROWTH,
  ...STARTUP,
  ...OPERATIONS,
];
