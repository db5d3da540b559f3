import { LocalEventStoreDb, LocalLeases, newId, type Clock } from '@ndomain/core';
import { simulate, type SimulatedServers, type Violation } from '@ndomain/testing';
import { Counting, type CountingPolicies } from '../test/simulation/counting.ts';
import { EVENT_STORE_MUTANTS } from './event-store-mutants.ts';
import type { Mutant, Original } from './mutant.ts';
import {
  AcknowledgesFirst,
  CommitsAtOnce,
  ForgetsTransactions,
  ForgetsUncommitted,
  LosesReleased,
  ReturnsToTheEnd,
  SendsInPart,
} from './planted.ts';
import { LEASES_MUTANTS } from './store-mutants.ts';

const SUITE = 'simulation';
/** A bug that so many seeds do not find is not found. */
const SEEDS = 300;
/** The simulation's own tests run more. */
const SEEDS_OF_THE_ORIGINAL = 50;

type MakeServers = (clock: Clock) => SimulatedServers;

interface Broken {
  readonly servers?: MakeServers;
  readonly policies?: CountingPolicies;
}

/** Wholes of which one part is broken, so that it shows only when something else goes wrong too: a crash, a second delivery. */
const BROKEN: Readonly<Record<string, Broken>> = {
  'G1 forgets what is left to be published': { servers: (clock) => ({ eventStore: new ForgetsUncommitted(clock) }) },
  'G1 holds every append for published': { servers: (clock) => ({ eventStore: new CommitsAtOnce(clock) }) },
  'G1 sends to some, and says that it sent to all': { servers: (clock) => ({ transport: new SendsInPart(clock) }) },
  'G2 publishes before it stores': { policies: { publishesFirst: true } },
  'G2 holds nothing back from a handler that fails': { policies: { sending: () => ({ immediately: true }) } },
  'G3 forgets which transactions it has stored': {
    servers: (clock) => ({ eventStore: new ForgetsTransactions(clock) }),
  },
  'G3 gives what a handler sends new ids each time': { policies: { sending: () => ({ id: newId() }) } },
  'G4 lets two writers win': {
    servers: (clock) => ({ eventStore: storeOf('G4 appends whatever the expected version', clock) }),
  },
  'G5 hands a partition to whoever asks': {
    servers: (clock) => ({ leases: leasesOf('G5 grants a lease that is held', clock) }),
  },
  'G5 does not wait for what a dead process has in hand': {
    servers: (clock) => ({ leases: leasesOf('G5 tells nobody that a lease was abandoned', clock) }),
  },
  'G5 puts what comes back behind what waits': { servers: (clock) => ({ transport: new ReturnsToTheEnd(clock) }) },
  'G7 loses what is given back': { servers: (clock) => ({ transport: new LosesReleased(clock) }) },
  'G7 acknowledges before it handles': { servers: (clock) => ({ transport: new AcknowledgesFirst(clock) }) },
  'G8 forgets what failed': { policies: { recoverability: () => ({ action: 'discard' }) } },
};

export const SIMULATION_MUTANTS: readonly Mutant[] = Object.entries(BROKEN).map(([name, broken]) => ({
  name,
  suite: SUITE,
  caughtBy: () => firstViolation(broken, SEEDS),
}));

export const SIMULATION_ORIGINAL: Original = {
  suite: SUITE,
  caughtBy: () => firstViolation({}, SEEDS_OF_THE_ORIGINAL),
};

async function firstViolation({ servers, policies }: Broken, seeds: number): Promise<string | undefined> {
  for (let seed = 1; seed <= seeds; seed++) {
    const { violations } = await simulate({ seed, servers }, () => new Counting(policies));
    const [first] = violations;
    if (first !== undefined) return told(seed, first);
  }
  return undefined;
}

function told(seed: number, { guarantee, what }: Violation): string {
  return `seed ${seed}: ${guarantee}: ${what}`;
}

function storeOf(name: string, clock: Clock): LocalEventStoreDb {
  const Store = EVENT_STORE_MUTANTS[name] ?? LocalEventStoreDb;
  return new Store(clock);
}

function leasesOf(name: string, clock: Clock): LocalLeases {
  const Leases = LEASES_MUTANTS[name] ?? LocalLeases;
  return new Leases(clock);
}
