import { LocalEventStoreDb, LocalTransport } from '@ndomain/core';
import { crashMatrix, VirtualClock, virtualTime } from '@ndomain/testing';
import { describe, it, vi } from 'vitest';

// Some cases are hundreds of runs.
vi.setConfig({ testTimeout: 60_000 });

// #region matrix
crashMatrix(
  {
    name: 'local × local',
    create() {
      const clock = new VirtualClock();
      const backend = {
        name: 'local',
        eventStore: new LocalEventStoreDb(clock),
        transport: new LocalTransport(clock),
      };
      return { open: () => backend, clock, time: virtualTime(clock) };
    },
  },
  { describe, it },
);
// #endregion matrix
