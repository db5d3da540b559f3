import {
  LeaseLostError,
  LocalLeases,
  type DomainContext,
  type Lease,
  type ProcessorBuilder,
  type Transport,
} from '@ndomain/core';
import { FaultPlan, FaultyTransport } from '@ndomain/testing';
import { describe, expect, it } from 'vitest';
import type { CounterCommands } from '../support/counter.ts';
import { World } from '../support/world.ts';

const LEASE_MS = 5_000;
const PARTITION = 'partition/work/0000';

/** One ordered endpoint with one partition, and what was handled there. */
class Line {
  readonly world = new World();
  readonly plan = new FaultPlan();
  readonly handled: string[] = [];

  start(configure: (p: ProcessorBuilder) => ProcessorBuilder = (p) => p): Promise<DomainContext> {
    const { world, plan, handled } = this;
    const transport = new FaultyTransport(world.transport, plan);
    return world
      .process()
      .bus((c) =>
        c.transport(transport).withProcessor((p) =>
          configure(p.endpoint('work').ordered({ partitions: 1, partitionLeaseMs: 3_000 }).lease(LEASE_MS))
            .commands<CounterCommands>()
            .handle('Work', async ({ id }) => {
              if (id === 'poison') throw new Error('never');
              handled.push(id);
            }),
        ),
      )
      .start();
  }
}

function send(context: DomainContext, ...ids: string[]): Promise<unknown> {
  const items = ids.map((id) => ({ name: 'Work', payload: { id }, options: { key: 'k' } }) as const);
  return context.commands<CounterCommands>().sendAll(items);
}

describe('G5 nothing overtakes a message of its key', () => {
  it('that was taken by a receive whose answer was lost', async () => {
    const line = new Line();
    line.plan.loseAnswer('receive', 1);
    const context = await line.start();
    await line.world.clock.settle();
    await send(context, '1');
    await line.world.clock.settle();
    await send(context, '2');
    await line.world.clock.advance(2 * LEASE_MS);
    expect(line.handled).toEqual(['1', '2']);
    await context.stop();
  });

  it('that was given up and could not be moved to the dead letters', async () => {
    const line = new Line();
    line.plan.failBefore('deadLetter', 1);
    const context = await line.start((p) => p.recoverability({ immediateRetries: 0, delayedRetries: [] }));
    await send(context, 'poison', '2');
    await line.world.clock.advance(3 * LEASE_MS);
    expect(line.handled).toEqual([]);
    const dead = await context.deadLetters('work').list();
    expect(dead.map(({ message }) => message?.payload)).toEqual([{ id: 'poison' }, { id: '2' }]);
    await context.stop();
  });

  it('that is given up before it is tried', async () => {
    const line = new Line();
    const context = await line.start((p) => p.maxDeliveries(1));
    await context.stop();
    await using sender = await line.world.process().start();
    await send(sender, '1', '2');
    const receiver = line.world.transport.receiver('work', { leaseMs: 10, partition: 0 });
    await receiver.receive(1, new AbortController().signal);
    await line.world.clock.advance(20);
    const next = await line.start((p) =>
      p.maxDeliveries(1).recoverability({ immediateRetries: 0, delayedRetries: [] }),
    );
    await line.world.clock.advance(LEASE_MS);
    expect(line.handled).toEqual([]);
    const dead = await next.deadLetters('work').list();
    expect(dead.map(({ reason }) => reason.code)).toEqual(['ND_NEVER_FINISHED', 'ND_KEY_PARKED']);
    await next.stop();
  });

  it('that a dead process has in hand, when its successor gives the partition up before it began', async () => {
    const line = new Line();
    const first = await line.start();
    await first.stop();
    await using sender = await line.world.process().start();
    await send(sender, '1');
    // A process takes the partition and the message, and is never heard of again.
    await line.world.leases.acquire(PARTITION, 'dead', 100);
    const receiver = line.world.transport.receiver('work', { leaseMs: LEASE_MS, partition: 0 });
    await receiver.receive(1, new AbortController().signal);
    await line.world.clock.advance(200);
    const successor = await line.start();
    await line.world.clock.settle();
    await successor.stop();
    await send(sender, '2');
    const last = await line.start();
    await line.world.clock.advance(30_000);
    expect(line.handled).toEqual(['1', '2']);
    await last.stop();
  });
});

describe('G5 a message that is lost while it waits for its turn', () => {
  it('frees its key for nobody', async () => {
    const { world } = new Line();
    const transport = losingOnce(world.transport, '2');
    const running = new Set<string>();
    const handled: string[] = [];
    const context = await world
      .process()
      .bus((c) =>
        c.transport(transport).withProcessor((p) =>
          p
            .endpoint('work')
            .ordered({ partitions: 1 })
            .lease(LEASE_MS)
            .commands<CounterCommands>()
            .handle('Work', async ({ id }) => {
              expect(running.size).toBe(0);
              running.add(id);
              await pause(world, 2 * LEASE_MS);
              running.delete(id);
              handled.push(id);
            }),
        ),
      )
      .start();
    await send(context, '1', '2', '3');
    await world.clock.advance(20 * LEASE_MS);
    expect(handled).toEqual(['1', '2', '3']);
    await context.stop();
  });
});

/** The lease of one message is lost when it is renewed for the first time. */
function losingOnce(transport: Transport, id: string): Transport {
  let losses = 1;
  const receiver = transport.receiver.bind(transport);
  transport.receiver = (endpoint, options) => {
    const inbound = receiver(endpoint, options);
    const receive = inbound.receive.bind(inbound);
    inbound.receive = async (max, signal) => {
      const received = await receive(max, signal);
      for (const transaction of received) {
        const extend = transaction.extend.bind(transaction);
        transaction.extend = async (leaseMs) => {
          const { message } = transaction.read();
          if ((message?.payload as { id?: string } | undefined)?.id !== id || losses-- <= 0) return extend(leaseMs);
          await transaction.release();
          throw new LeaseLostError(id, endpoint);
        };
      }
      return received;
    };
    return inbound;
  };
  return transport;
}

describe('G9 a partition that ran out while its renewal was answered', () => {
  it('is not begun a second time beside the first', async () => {
    const line = new Line();
    let isSlow = false;
    const leases = new LocalLeases(line.world.clock);
    const renew = leases.renew.bind(leases);
    leases.renew = async (lease: Lease, durationMs: number) => {
      const renewed = await renew(lease, durationMs);
      if (isSlow && lease.name === PARTITION) await pause(line.world, 3_100);
      return renewed;
    };
    // Somebody else has the other one, so this process looks for more.
    await leases.acquire('partition/work/0001', 'other', Infinity);
    const before = line.world.clock.pending;
    const context = await line.world
      .process()
      .bus((c) =>
        c.leases(leases).withProcessor((p) =>
          p
            .endpoint('work')
            .ordered({ partitions: 2, partitionLeaseMs: 3_000 })
            .commands<CounterCommands>()
            .handle('Work', () => undefined),
        ),
      )
      .start();
    isSlow = true;
    await line.world.clock.advance(1_500);
    isSlow = false;
    await line.world.clock.advance(60_000);
    await context.stop();
    expect(line.world.clock.pending).toBe(before);
  });
});

describe('G12 a partition that is lost while the queue cannot be reached', () => {
  it('is taken again when all is back', async () => {
    const line = new Line();
    const leases = new LocalLeases(line.world.clock);
    const transport = new FaultyTransport(line.world.transport, line.plan);
    const context = await line.world
      .process()
      .bus((c) =>
        c
          .leases(leases)
          .transport(closingOnce(transport))
          .withProcessor((p) =>
            p
              .endpoint('work')
              .ordered({ partitions: 1, partitionLeaseMs: 3_000 })
              .lease(LEASE_MS)
              .commands<CounterCommands>()
              .handle('Work', ({ id }) => void line.handled.push(id)),
          ),
      )
      .start();
    await line.world.clock.settle();
    const renew = leases.renew.bind(leases);
    leases.renew = () => Promise.reject(new Error('away'));
    await line.world.clock.advance(10_000);
    leases.renew = renew;
    await send(context, '1');
    await line.world.clock.advance(30_000);
    expect(line.handled).toEqual(['1']);
    await context.stop();
  });
});

describe('G5 a process that learns late that its partition has run out', () => {
  it('takes nothing from it any more', async () => {
    const line = new Line();
    const { clock, transport } = line.world;
    const leases = new LocalLeases(clock);
    const renew = leases.renew.bind(leases);
    leases.renew = async (lease: Lease, durationMs: number) => {
      if (lease.name === PARTITION) await pause(line.world, 20_000);
      return renew(lease, durationMs);
    };
    const letters = transport.deadLetters('work');
    const keys = letters.keys.bind(letters);
    letters.keys = async () => {
      await pause(line.world, 5_000);
      return keys();
    };
    const context = await line.world
      .process()
      .bus((c) =>
        c
          .leases(leases)
          .transport(new FaultyTransport(transport, line.plan))
          .withProcessor((p) =>
            p
              .endpoint('work')
              .ordered({ partitions: 1, partitionLeaseMs: 3_000 })
              .commands<CounterCommands>()
              .handle('Work', ({ id }) => void line.handled.push(id)),
          ),
      )
      .start();
    await send(context, '1');
    await clock.advance(10_000);
    expect(line.plan.calls('receive')).toBe(0);
    const stopping = context.stop();
    await clock.advance(60_000);
    await stopping;
  });
});

/** The first receiver that is closed cannot be. */
function closingOnce(transport: Transport): Transport {
  let failures = 1;
  const receiver = transport.receiver.bind(transport);
  transport.receiver = (endpoint, options) => {
    const inbound = receiver(endpoint, options);
    const close = inbound.close.bind(inbound);
    inbound.close = () => (failures-- > 0 ? Promise.reject(new Error('away')) : close());
    return inbound;
  };
  return transport;
}

function pause({ clock }: World, ms: number): Promise<void> {
  return new Promise((resolve) => void clock.schedule(ms, resolve));
}
