import { registerSuite, type TestRunner } from '../suite.ts';
import { BROKEN_CASES } from './broken-cases.ts';
import { COMPETITION_CASES } from './competition-cases.ts';
import { DEAD_LETTER_CASES } from './dead-letter-cases.ts';
import { DELAY_CASES } from './delay-cases.ts';
import { DELIVERY_CASES } from './delivery-cases.ts';
import { FENCE_CASES } from './fence-cases.ts';
import { FIDELITY_CASES } from './fidelity-cases.ts';
import { LEASE_CASES } from './lease-cases.ts';
import { LOST_LEASE_CASES } from './lost-lease-cases.ts';
import { OUTCOME_CASES } from './outcome-cases.ts';
import { PARTITION_CASES } from './partition-cases.ts';
import { RECEIVE_CASES } from './receive-cases.ts';
import type { TransportSetup } from './transport-setup.ts';

/** Registers everything that a transport has to prove. */
export function transportSuite(setup: TransportSetup, runner: TestRunner): void {
  const cases = [
    ...DELIVERY_CASES,
    ...FIDELITY_CASES,
    ...RECEIVE_CASES,
    ...COMPETITION_CASES,
    ...OUTCOME_CASES,
    ...LEASE_CASES,
    ...LOST_LEASE_CASES,
    ...DELAY_CASES,
    ...DEAD_LETTER_CASES,
    ...PARTITION_CASES,
    ...FENCE_CASES,
    ...BROKEN_CASES,
  ];
  registerSuite('transport', cases, setup, runner);
}
