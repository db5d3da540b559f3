import { LocalEventStoreDb, LocalTransport, systemClock, type EventStoreDb, type Transport } from '@ndomain/core';
import { localSpares, type SpareStores, type Witness, WitnessBook } from '@ndomain/testing/crash';

/** What lives in the parent, as the parent has it, or as a child reaches it. */
export interface LocalParts extends SpareStores {
  readonly eventStore: EventStoreDb;
  readonly transport: Transport;
  readonly witness: Witness;
}

export interface ParentParts extends LocalParts {
  readonly witness: WitnessBook;
}

export function parentParts(): ParentParts {
  return {
    ...localSpares(systemClock),
    eventStore: new LocalEventStoreDb(),
    transport: new LocalTransport(),
    witness: new WitnessBook(),
  };
}
