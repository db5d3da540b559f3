import { DomainContext, silentLogger, type HealthState } from '@ndomain/core';
import { AzureConnection, azureLeases, azureQueues, AzureQueueTransport } from '@ndomain/azure';
import { eventually, VirtualClock } from '@ndomain/testing';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { freshPrefix } from '../support/names.ts';
import { StorageProxy, type Fault } from '../support/storage-proxy.ts';
import { ENDPOINT, LEASE_MS, message, takeOne } from './messages.ts';

const REFUSED: Fault = { kind: 'refuse' };
const BUSY: Fault = { kind: 'answer', status: 503, code: 'ServerBusy' };
const MUTE: Fault = { kind: 'hang' };
const FOR_EVER = 1_000_000;

let proxy: StorageProxy;
beforeEach(async () => {
  proxy = await StorageProxy.start(inject('azurite'));
});
afterEach(() => proxy[Symbol.asyncDispose]());

/** What a receiver tells while somebody calls it again and again, as a worker does. */
class Told {
  readonly told: unknown[] = [];
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;

  constructor(transport: AzureQueueTransport, partition: number | undefined) {
    const onReceiving = (problem: unknown): void => void this.told.push(problem);
    const inbound = transport.receiver(ENDPOINT, { leaseMs: LEASE_MS, partition, onReceiving });
    const work = async (): Promise<void> => {
      while (!this.#stop.signal.aborted) {
        try {
          for (const transaction of await inbound.receive(1, this.#stop.signal)) await transaction.commit();
        } catch {
          // The next try follows.
        }
      }
      await inbound.close();
    };
    this.#done = work();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }
}

describe.each([undefined, 0])('a receiver (of the partition: %s)', (partition) => {
  test.each([
    ['refuses connections', REFUSED],
    ['is busy', BUSY],
    ['does not answer', MUTE],
  ])(
    'tells within seconds that the service %s, before all tries are used up, and that it is back',
    async (_, fault) => {
      const connection = new AzureConnection({ connectionString: proxy.connectionString, operationTimeoutMs: 6_000 });
      await using transport = new AzureQueueTransport(connection, { prefix: freshPrefix() });
      const receiver = new Told(transport, partition);
      await eventually(() => receiver.told.length > 0);
      expect(receiver.told).toEqual([undefined]);
      proxy.fail(() => true, fault, FOR_EVER);
      const away = performance.now();
      await eventually(() => receiver.told.length === 2, { timeoutMs: 20_000 });
      expect(performance.now() - away).toBeLessThanOrEqual(4_500);
      expect(receiver.told[1]).toMatchObject({ code: 'ND_BACKEND_UNREACHABLE' });
      proxy.reset();
      const back = performance.now();
      await eventually(() => receiver.told.length === 3, { timeoutMs: 20_000 });
      expect(performance.now() - back).toBeLessThanOrEqual(7_000);
      expect(receiver.told[2]).toBeUndefined();
      await transport.send([message('1', { partition })]);
      await eventually(async () => (await transport.figures(ENDPOINT)).ready === 0, { timeoutMs: 10_000 });
      await receiver.stop();
      expect(receiver.told).toHaveLength(3);
    },
  );

  test('that is stopped while the service does not answer tells nothing any more', async () => {
    const clock = new VirtualClock({ startAt: Date.now() });
    const connection = new AzureConnection({ connectionString: proxy.connectionString, operationTimeoutMs: 1_000 });
    await using transport = new AzureQueueTransport(connection, { prefix: freshPrefix() }, clock);
    const told: unknown[] = [];
    const onReceiving = (problem: unknown): void => void told.push(problem);
    const inbound = transport.receiver(ENDPOINT, { leaseMs: LEASE_MS, partition, onReceiving });
    await transport.send([message('1', { partition })]);
    await (await takeOne(inbound)).commit();
    proxy.fail(() => true, MUTE, FOR_EVER);
    const asked = proxy.count();
    const stop = new AbortController();
    const waiting = inbound.receive(1, stop.signal).catch(() => []);
    await eventually(() => proxy.count() > asked);
    stop.abort();
    await clock.advance(10_000);
    await waiting;
    proxy.reset();
    expect(told).toEqual([undefined]);
  });
});

test.each([false, true])(
  'an idle endpoint (ordered: %s) is healthy by its first answer, failing when the service is away, and healthy again in 15 seconds',
  async (ordered) => {
    const prefix = freshPrefix();
    const connection = new AzureConnection(proxy.connectionString);
    await using context = await DomainContext.configure()
      .logging((c) => c.logger(silentLogger))
      .bus((c) =>
        c
          .transport(azureQueues(connection, { prefix }))
          .leases(azureLeases(connection, { table: `${prefix}Leases` }))
          .withProcessor((p) => {
            p.endpoint(ENDPOINT);
            if (ordered) p.ordered({ partitions: 4, partitionLeaseMs: 30_000 });
            p.commands<{ Count: object }>().handle('Count', () => undefined);
          }),
      )
      .start();
    const stateOf = (): HealthState | undefined =>
      context.health().parts.find(({ part }) => part.includes(ENDPOINT))?.state;
    await eventually(() => stateOf() === 'healthy', { timeoutMs: 10_000 });
    proxy.fail(() => true, REFUSED, FOR_EVER);
    await eventually(() => stateOf() === 'failing', { timeoutMs: 10_000 });
    // Until all that can fail has failed.
    const failed = proxy.count();
    await eventually(() => proxy.count() > failed + 20, { timeoutMs: 30_000 });
    proxy.reset();
    await eventually(() => stateOf() === 'healthy', { timeoutMs: 15_000 });
    // Its last error stays, for whoever asks.
    const health = context.health().parts.find(({ part }) => part.includes(ENDPOINT));
    expect(health?.lastError?.message).toContain('Azure Storage at http://127.0.0.1');
  },
);
