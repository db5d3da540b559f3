// The public surface of `@ndomain/testing/crash`: what the crash matrix is made of, for runs with real processes.

// The domain that is run
export type { BankCommands, TransferOrder } from './bank.ts';
export { bankClient, bankProcess, ENDPOINTS, type BankProcessOptions } from './bank-process.ts';
export { WitnessBook, type Sighting, type Witness } from './witness.ts';

// What outlives a process
export { localSpares, storesOf, type CrashStores, type SpareStores } from './crash-stores.ts';
export { watchedStores } from './watched-stores.ts';
export type { Moment, Step, StepWatch } from './step-watch.ts';

// What is left at the end
export { gatherEvidence, unfinished, type Evidence, type EvidenceSources, type Order } from './evidence.ts';
export { isClean, judge, type Verdict } from './verdict.ts';
