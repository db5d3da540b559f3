import { registerSuite, type TestRunner } from '../suite.ts';
import { DIFFERENTIAL_CASES } from './differential-cases.ts';
import { LIST_CASES } from './list-cases.ts';
import type { QueryStoreSetup } from './query-store-setup.ts';
import { STORE_CASES } from './store-cases.ts';
import { WAIT_CASES } from './wait-cases.ts';

/** Registers everything that a storage of read models has to prove. */
export function queryStoreSuite(setup: QueryStoreSetup, runner: TestRunner): void {
  registerSuite('query store', [...STORE_CASES, ...WAIT_CASES, ...LIST_CASES, ...DIFFERENTIAL_CASES], setup, runner);
}
