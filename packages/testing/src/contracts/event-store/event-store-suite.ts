import { registerSuite, type TestRunner } from '../suite.ts';
import { APPEND_CASES } from './append-cases.ts';
import { ATOMICITY_CASES } from './atomicity-cases.ts';
import { CORRUPTION_CASES } from './corruption-cases.ts';
import { DIFFERENTIAL_CASES } from './differential-cases.ts';
import type { EventStoreSetup } from './event-store-setup.ts';
import { ID_CASES } from './id-cases.ts';
import { LIMIT_CASES } from './limit-cases.ts';
import { LOAD_CASES } from './load-cases.ts';
import { PAYLOAD_CASES } from './payload-cases.ts';
import { READ_ALL_CASES } from './read-all-cases.ts';
import { TRANSACTION_CASES } from './transaction-cases.ts';
import { UNCOMMITTED_CASES } from './uncommitted-cases.ts';

/** Registers everything that an event storage has to prove. */
export function eventStoreSuite(setup: EventStoreSetup, runner: TestRunner): void {
  const cases = [
    ...APPEND_CASES,
    ...TRANSACTION_CASES,
    ...ATOMICITY_CASES,
    ...LOAD_CASES,
    ...UNCOMMITTED_CASES,
    ...ID_CASES,
    ...PAYLOAD_CASES,
    ...LIMIT_CASES,
    ...CORRUPTION_CASES,
    ...READ_ALL_CASES,
    ...DIFFERENTIAL_CASES,
  ];
  registerSuite('event store', cases, setup, runner);
}
