// The public surface: what is not listed here cannot be reached.

// Contract suites
export type { EventStoreBackend, EventStoreSetup } from './contracts/event-store/event-store-setup.ts';
export { eventStoreSuite } from './contracts/event-store/event-store-suite.ts';
export { inboxSuite, type InboxBackend, type InboxSetup } from './contracts/inbox/inbox-suite.ts';
export { leasesSuite, type LeasesBackend, type LeasesSetup } from './contracts/leases/leases-suite.ts';
export type { QueryStoreBackend, QueryStoreSetup } from './contracts/query-store/query-store-setup.ts';
export { queryStoreSuite } from './contracts/query-store/query-store-suite.ts';
export {
  snapshotStoreSuite,
  type SnapshotStoreBackend,
  type SnapshotStoreSetup,
} from './contracts/snapshot-store/snapshot-store-suite.ts';
export {
  subscriptionBrokerSuite,
  type SubscriptionBrokerBackend,
  type SubscriptionBrokerSetup,
} from './contracts/subscriptions/subscription-broker-suite.ts';
export {
  subscriptionStoreSuite,
  type SubscriptionStoreBackend,
  type SubscriptionStoreSetup,
} from './contracts/subscriptions/subscription-store-suite.ts';
export type { Skip, SuiteSetup, TestFunction, TestRunner } from './contracts/suite.ts';
export type { TransportBackend, TransportSetup } from './contracts/transport/transport-setup.ts';
export { transportSuite } from './contracts/transport/transport-suite.ts';

// Given, when, then
export type { ExpectedError } from './given/expectations.ts';
export { given, type AggregateThen, type AggregateWhen } from './given/given-aggregate.ts';
export type { Happened, HappenedTo } from './given/happened.ts';
export { scenario, type ContextScenario } from './given/scenario.ts';

// Time
export { eventually, type EventuallyOptions } from './time/eventually.ts';
export { realTime, virtualTime, type SuiteTime } from './time/suite-time.ts';
export { turns } from './time/turns.ts';
export { VirtualClock, type VirtualClockOptions } from './time/virtual-clock.ts';

// Faults
export { FaultPlan, InjectedFault, type Fault, type FaultRates } from './faults/fault-plan.ts';
export { FaultyEventStoreDb } from './faults/faulty-event-store-db.ts';
export { FaultyTransport } from './faults/faulty-transport.ts';
export { seededRandom } from './faults/seeded-random.ts';

// Crashes
export { crashMatrix } from './crash/crash-matrix.ts';
export type { CrashPair, CrashSite } from './crash/crash-pair.ts';
export { MortalProcess, type Reached } from './crash/mortal-process.ts';
export type { Moment, Step, StepWatch } from './crash/step-watch.ts';
export { WatchedEventStoreDb } from './crash/watched-event-store-db.ts';
export { watchedService } from './crash/watched-service.ts';
export { WatchedTransport, type WatchedTransportOptions } from './crash/watched-transport.ts';

// Simulation
export type { SimulationScenario, SimulatedCommand, SimulatedWorld, SimulationEnd } from './simulation/scenario.ts';
export { SeededRandom } from './simulation/seeded-random.ts';
export type { SimulatedServers } from './simulation/servers.ts';
export { simulate, simulateSeeds, type SimulationOptions, type SimulationSummary } from './simulation/simulate.ts';
export { FAULT_DEFAULTS, type SimulationFaults } from './simulation/simulation-faults.ts';
export { describeResult, type SimulationFigures, type SimulationResult } from './simulation/simulation-result.ts';
export { GUARANTEES, type Violation } from './simulation/violation.ts';
