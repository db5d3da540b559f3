import type { AggregateEvent, DomainContext } from '@ndomain/core';
import { FaultPlan, FaultyEventStoreDb, FaultyTransport } from '@ndomain/testing';
import { describe, expect, it } from 'vitest';
import { append } from '../support/append.ts';
import { Counter, type CounterEvents } from '../support/counter.ts';
import { byNumber } from '../support/by-number.ts';
import { World } from '../support/world.ts';

function listener(world: World, heard: number[]): Promise<DomainContext> {
  return world
    .process()
    .eventSourcing((c) => c.bind(Counter))
    .bus((c) =>
      c.withProcessor((p) =>
        p
          .endpoint('listeners')
          .events<CounterEvents>()
          .handle('Added', ({ amount }) => void heard.push(amount)),
      ),
    )
    .start();
}

describe('Events that were stored and never published', () => {
  it('G1 are published by another process, although the command never comes again', async () => {
    const world = new World();
    const heard: number[] = [];
    const context = await listener(world, heard);
    await append(world.db, 'Counter/a', 'killed', 0, [1, 2, 3]);
    await world.clock.advance(29_000);
    expect(heard).toEqual([]);
    await world.clock.advance(15_000);
    expect(heard).toEqual([1, 2, 3]);
    expect(await world.db.loadUncommitted('Counter/a', 'killed')).toEqual([]);
    await world.clock.advance(3_600_000);
    expect(heard).toEqual([1, 2, 3]);
    await context.stop();
  });

  it('G1 are published when the publishing of a command from outside failed', async () => {
    const world = new World();
    const heard: number[] = [];
    const context = await listener(world, heard);
    const broken = await world
      .process()
      .eventSourcing((c) => c.bind(Counter))
      .bus((c) => c.transport(new FaultyTransport(world.transport, new FaultPlan().failBefore('send', 1))))
      .start();
    await expect(broken.repository(Counter).createOrUpdate('a', (counter) => counter.add(7))).rejects.toThrow('send');
    expect(heard).toEqual([]);
    await world.clock.advance(60_000);
    expect(heard).toEqual([7]);
    await broken.stop();
    await context.stop();
  });

  it('G1 are published again when only the note of it failed, and have the same ids then', async () => {
    const world = new World();
    const ids: string[] = [];
    const context = await world
      .process()
      .eventSourcing((c) =>
        c.bind(Counter).store(new FaultyEventStoreDb(world.db, new FaultPlan().failBefore('commit', 1))),
      )
      .bus((c) =>
        c.withProcessor((p) =>
          p
            .endpoint('listeners')
            .events<CounterEvents>()
            .handle('Added', (_, { messageId }) => void ids.push(messageId)),
        ),
      )
      .start();
    await expect(context.repository(Counter).createOrUpdate('a', (counter) => counter.add(7))).rejects.toThrow(
      'commit',
    );
    await world.clock.advance(60_000);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
    await context.stop();
  });

  it('G1 one that cannot be published does not hold up the others, and is published when it can be', async () => {
    const world = new World();
    const heard: number[] = [];
    const plan = new FaultPlan();
    const context = await world
      .process()
      .eventSourcing((c) =>
        c.bind(Counter).store(new FaultyEventStoreDb(world.db, plan.failBefore('loadUncommitted', 1))),
      )
      .bus((c) =>
        c.withProcessor((p) =>
          p
            .endpoint('listeners')
            .events<CounterEvents>()
            .handle('Added', ({ amount }) => void heard.push(amount)),
        ),
      )
      .start();
    await append(world.db, 'Counter/a', 'one', 0, [1]);
    await append(world.db, 'Counter/b', 'two', 0, [2]);
    await world.clock.advance(120_000);
    expect(heard.toSorted(byNumber)).toEqual([1, 2]);
    await context.stop();
  });

  it('G1 many are all published, in bounded time', async () => {
    const world = new World();
    const heard: number[] = [];
    const context = await listener(world, heard);
    for (let i = 1; i <= 350; i++) await append(world.db, `Counter/${i}`, 't', 0, [i]);
    await world.clock.advance(60_000);
    expect(new Set(heard).size).toBe(350);
    await context.stop();
  });
});

describe('Recovery', () => {
  it('G1 is not held up by appends that cannot be published, however many', async () => {
    const world = new World();
    const unpublishable = 150;
    const event = (aggregateId: string): AggregateEvent => ({
      aggregateId,
      sequenceId: 1,
      date: new Date(0),
      name: 'Renamed',
      revision: 1,
      payload: { name: aggregateId },
      transactionId: aggregateId,
      metadata: {},
    });
    for (let i = 0; i < unpublishable; i++) await world.db.append(`Counter/bad${i}`, `bad${i}`, 0, [event(`bad${i}`)]);
    await world.db.append('Counter/good', 'good', 0, [event('good')]);
    const send = world.transport.send.bind(world.transport);
    world.transport.send = (messages) =>
      messages.some(({ id }) => id.includes('bad')) ? Promise.reject(new Error('too large')) : send(messages);
    const seen: string[] = [];
    const context = await world.worker((p) =>
      p
        .endpoint('names')
        .events<CounterEvents>()
        .handle('Renamed', ({ name }) => void seen.push(name)),
    );
    await world.clock.advance(120_000);
    expect(seen).toEqual(['good']);
    await context.stop();
  });
});
