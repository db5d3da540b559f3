import type { Clock } from '@ndomain/core';
import type { ServiceClock } from '../../../connection/service-clock.ts';
import type { AzureDeadLetters } from '../azure-dead-letters.ts';
import type { ClaimChecks } from '../claim-checks.ts';
import type { Wakers } from '../wakers.ts';
import type { LaneTable } from './lane-table.ts';
import type { LaneWatch } from './lane-watch.ts';

/** What the parts of one endpoint's lanes share. */
export interface LaneParts {
  readonly endpoint: string;
  readonly clock: Clock;
  readonly serviceClock: ServiceClock;
  readonly table: LaneTable;
  readonly watch: LaneWatch;
  readonly wakers: Wakers;
  readonly claims: ClaimChecks;
  readonly deadLetters: () => AzureDeadLetters;
}
