import { DomainContext, silentLogger, type Backend, type Provider, type Transport } from '@ndomain/core';

export const ENDPOINT = 'work';
export type WorkCommands = { Work: { number: number } };

/** The messages that a process left unacknowledged come back after this; as long another one waits before it begins on its partition. */
const LEASE_MS = 2_000;
const PARTITION_LEASE_MS = 500;

/** A process that works on an ordered endpoint with one partition, and tells of each message. */
export function startWork(
  backend: Backend,
  onWork: (number: number) => void,
  transport: Provider<Transport> | undefined = backend.transport,
): Promise<DomainContext> {
  return DomainContext.configure()
    .with(backend)
    .logging((c) => c.logger(silentLogger))
    .bus((c) => {
      if (transport !== undefined) c.transport(transport);
      c.withProcessor((p) =>
        p
          .endpoint(ENDPOINT)
          .ordered({ partitions: 1, partitionLeaseMs: PARTITION_LEASE_MS })
          .lease(LEASE_MS)
          .commands<WorkCommands>()
          .handle('Work', async ({ number }) => onWork(number)),
      );
    })
    .start();
}
