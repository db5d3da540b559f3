import type { DomainContext, EventStoreDb, TransportMessage } from '@ndomain/core';
import { seededRandom } from '@ndomain/testing';
import { describe, expect, it } from 'vitest';
import { append } from '../support/append.ts';
import { Counter, Sums, SumsByWhom } from '../support/counter.ts';
import { byNumber } from '../support/by-number.ts';
import { World } from '../support/world.ts';

/** A process whose projections see nothing yet: events reach them when the test sends them. */
async function projecting(): Promise<{ world: World; context: DomainContext }> {
  const world = new World();
  const context = await world
    .process()
    .eventSourcing((c) => c.bind(Counter))
    .bus((c) =>
      c.withProcessor((p) =>
        p.endpoint('views').concurrency(8).registerProjection(Sums).registerProjection(SumsByWhom),
      ),
    )
    .start();
  return { world, context };
}

/** The messages of the stored events of a stream, as publishing makes them. */
async function messagesOf(db: EventStoreDb, streamId: string, component: string): Promise<TransportMessage[]> {
  const { events } = await db.load(streamId, { from: 1, to: Infinity, limit: 1_000 });
  return events.map((event) => ({
    id: `${streamId}@${event.sequenceId}`,
    name: event.name,
    payload: event.payload,
    headers: {
      aggregateName: 'Counter',
      aggregateId: event.aggregateId,
      sequenceId: String(event.sequenceId),
      date: String(event.date.getTime()),
    },
    endpoint: 'views',
    component,
  }));
}

const AMOUNTS = [1, 2, 3, 4, 5, 6, 7, 8];
const REPLAYED = { total: 36, amounts: AMOUNTS };

describe('A view of one stream', () => {
  it.each([
    ['in order', AMOUNTS],
    ['backwards', AMOUNTS.toReversed()],
    ['the last one only', [8]],
    ['each twice', AMOUNTS.flatMap((i) => [i, i])],
    ['mixed and repeated', [3, 1, 3, 8, 2, 2, 7, 1, 5, 4, 6, 8]],
  ])('is that of the replay when the events come %s, all at the same time', async (_, order) => {
    const { world, context } = await projecting();
    await append(world.db, 'Counter/a', 't', 0, AMOUNTS);
    const messages = await messagesOf(world.db, 'Counter/a', 'Sums');
    await world.transport.send(order.flatMap((i) => messages.slice(i - 1, i)));
    await world.clock.settle();
    expect(await context.views(Sums).get('a')).toEqual({ id: 'a', version: 8, data: REPLAYED });
    await context.stop();
  });

  it('has no gap while later events are missing', async () => {
    const { world, context } = await projecting();
    await append(world.db, 'Counter/a', 't', 0, AMOUNTS);
    const messages = await messagesOf(world.db, 'Counter/a', 'Sums');
    await world.transport.send(messages.slice(2, 3));
    await world.clock.settle();
    expect(await context.views(Sums).get('a')).toEqual({ id: 'a', version: 3, data: { total: 6, amounts: [1, 2, 3] } });
    await context.stop();
  });

  it('advances its version with events that it ignores', async () => {
    const { world, context } = await projecting();
    await context.repository(Counter).createOrUpdate('a', (counter) => {
      counter.add(1);
      counter.rename('x');
      counter.rename('y');
    });
    await world.clock.settle();
    expect(await context.views(Sums).get('a')).toEqual({ id: 'a', version: 3, data: { total: 1, amounts: [1] } });
    await context.stop();
  });

  it('is kept by several processes at the same time, and is still that of the replay', async () => {
    const { world, context } = await projecting();
    const other = await world
      .process()
      .eventSourcing((c) => c.bind(Counter))
      .bus((c) => c.withProcessor((p) => p.endpoint('views').registerProjection(Sums).registerProjection(SumsByWhom)))
      .start();
    const amounts = Array.from({ length: 100 }, (_, i) => i + 1);
    await append(world.db, 'Counter/a', 't', 0, amounts);
    const messages = await messagesOf(world.db, 'Counter/a', 'Sums');
    const random = seededRandom(7);
    await world.transport.send([...messages, ...messages].toSorted(() => random() - 0.5));
    await world.clock.advance(60_000);
    const view = await context.views(Sums).get('a');
    expect(view).toEqual({ id: 'a', version: 100, data: { total: 5_050, amounts } });
    await other.stop();
    await context.stop();
  });
});

describe('A view over many streams', () => {
  it('has each event once, those of one stream in order, however they come', async () => {
    const { world, context } = await projecting();
    const random = seededRandom(11);
    const messages: TransportMessage[] = [];
    for (const id of ['a', 'b', 'c']) {
      await append(world.db, `Counter/${id}`, 't', 0, AMOUNTS);
      messages.push(...(await messagesOf(world.db, `Counter/${id}`, 'SumsByWhom')));
    }
    await world.transport.send([...messages, ...messages].toSorted(() => random() - 0.5));
    await world.clock.advance(60_000);
    const { version, data } = await context.views(SumsByWhom).get('');
    expect([version, data?.total]).toEqual([24, 108]);
    expect(data?.amounts.toSorted(byNumber)).toEqual([...AMOUNTS, ...AMOUNTS, ...AMOUNTS].toSorted(byNumber));
    await context.stop();
  });
});

describe('A projection that is new', () => {
  it('catches up with what was stored before it, beside the normal work', async () => {
    const { world, context } = await projecting();
    await append(world.db, 'Counter/a', 't', 0, AMOUNTS);
    const [read] = await Promise.all([
      context.catchUp(Sums),
      context.repository(Counter).createOrUpdate('b', (counter) => counter.add(1)),
    ]);
    expect(read).toBeGreaterThanOrEqual(8);
    await world.clock.settle();
    expect((await context.views(Sums).get('a')).data).toEqual(REPLAYED);
    expect((await context.views(Sums).get('b')).data).toEqual({ total: 1, amounts: [1] });
    await context.stop();
  });
});

describe('Waiting for a view', () => {
  it('G13 ends as soon as the version of one’s own update is there', async () => {
    const { world, context } = await projecting();
    const { version } = await context.repository(Counter).createOrUpdate('a', (counter) => counter.add(1));
    const before = world.elapsed;
    expect(await context.views(Sums).getOrWaitUntil('a', version)).toMatchObject({ version: 1, data: { total: 1 } });
    expect(world.elapsed).toBe(before);
    await context.stop();
  });

  it('G13 ends after its timeout with what is there', async () => {
    const { world, context } = await projecting();
    await context.repository(Counter).createOrUpdate('a', (counter) => counter.add(1));
    await world.clock.settle();
    let endedAt = -1;
    const waiting = context
      .views(Sums)
      .getOrWaitUntil('a', 2, 3_000)
      .finally(() => (endedAt = world.elapsed));
    await world.clock.advance(10_000);
    expect(await waiting).toMatchObject({ version: 1, data: { total: 1 } });
    expect(endedAt).toBe(3_000);
    await context.stop();
  });
});
