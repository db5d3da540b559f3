import { subscriptionOf, UnroutedMessageError, type DomainContext, type Subscription } from '@ndomain/core';
import { describe, expect, it } from 'vitest';
import type { CounterCommands } from '../support/counter.ts';
import { World } from '../support/world.ts';

function working(world: World, endpoint: string, done: string[], component = 'Work'): Promise<DomainContext> {
  return world.worker((p) =>
    p
      .endpoint(endpoint)
      .commands<CounterCommands>()
      .handle('Work', ({ id }) => void done.push(`${endpoint}/${component} ${id}`), { component }),
  );
}

describe('Subscriptions', () => {
  it('of another process become known without a restart', async () => {
    const world = new World();
    const done: string[] = [];
    const sender = await world.process().start();
    const first = await working(world, 'one', done);
    await sender.commands<CounterCommands>().send('Work', { id: '1' });
    const second = await working(world, 'two', done);
    await sender.commands<CounterCommands>().send('Work', { id: '2' });
    await world.clock.settle();
    expect(done.toSorted()).toEqual(['one/Work 1', 'one/Work 2', 'two/Work 2']);
    for (const context of [sender, first, second]) await context.stop();
  });

  it('G1 G6 stay when their process stops: what is sent meanwhile waits for it', async () => {
    const world = new World();
    const done: string[] = [];
    const sender = await world.process().start();
    await (await working(world, 'one', done)).stop();
    await sender.commands<CounterCommands>().send('Work', { id: '1' });
    const again = await working(world, 'one', done);
    await world.clock.settle();
    expect(done).toEqual(['one/Work 1']);
    await sender.stop();
    await again.stop();
  });

  it('G6 that change while they are read are not missed', async () => {
    const world = new World();
    const done: string[] = [];
    const first = await working(world, 'one', done);
    const reading = Promise.withResolvers<void>();
    const isRead = Promise.withResolvers<void>();
    const slow = {
      getByTopic: (topic: string) => world.store.getByTopic(topic),
      getByEndpoint: (endpoint: string) => world.store.getByEndpoint(endpoint),
      add: (subscription: Subscription) => world.store.add(subscription),
      remove: (subscription: Subscription) => world.store.remove(subscription),
      // What is read is what was there when reading began, as over a network.
      getAll: async () => {
        const all = await world.store.getAll();
        reading.resolve();
        await isRead.promise;
        return all;
      },
    };
    const starting = world
      .process()
      .bus((c) => c.subscriptions({ store: slow, broker: world.broker }))
      .start();
    await reading.promise;
    const second = await working(world, 'two', done);
    isRead.resolve();
    const sender = await starting;
    await sender.commands<CounterCommands>().send('Work', { id: '1' });
    await world.clock.settle();
    expect(done.toSorted()).toEqual(['one/Work 1', 'two/Work 1']);
    for (const context of [first, second, sender]) await context.stop();
  });
});

describe('A message that nobody subscribes to', () => {
  it('is warned about once for each name', async () => {
    const world = new World();
    const context = await world.process().start();
    for (let i = 0; i < 3; i++) await context.commands<CounterCommands>().send('Work', { id: '1' });
    await context.commands<CounterCommands>().send('Tell', { text: '' });
    expect(world.logger.of('warn')).toEqual([expect.stringContaining('"Work"'), expect.stringContaining('"Tell"')]);
    await context.stop();
  });

  it('is an error where the bus is told so, and nothing sent with it goes anywhere', async () => {
    const world = new World();
    const done: string[] = [];
    const context = await working(world, 'one', done);
    const strict = await world
      .process()
      .bus((c) => c.onUnrouted('error'))
      .start();
    await expect(
      strict.commands<CounterCommands>().sendAll([
        { name: 'Work', payload: { id: '1' } },
        { name: 'Tell', payload: { text: '' } },
      ]),
    ).rejects.toBeInstanceOf(UnroutedMessageError);
    await world.clock.settle();
    expect(done).toEqual([]);
    await strict.stop();
    await context.stop();
  });

  it('goes where it belongs as soon as somebody subscribes', async () => {
    const world = new World();
    const done: string[] = [];
    const sender = await world
      .process()
      .bus((c) => c.onUnrouted('ignore'))
      .start();
    await sender.commands<CounterCommands>().send('Work', { id: 'lost' });
    const context = await working(world, 'one', done);
    await sender.commands<CounterCommands>().send('Work', { id: '1' });
    await world.clock.settle();
    expect(done).toEqual(['one/Work 1']);
    expect(world.logger.of('warn')).toEqual([]);
    await sender.stop();
    await context.stop();
  });
});

describe('A process that died before it told of its subscription', () => {
  it('G6 is made up for when it starts again', async () => {
    const world = new World();
    const seen: string[] = [];
    const process = (endpoint: string) =>
      world.worker((p) =>
        p
          .endpoint(endpoint)
          .commands<CounterCommands>()
          .handle('Tell', () => void seen.push(endpoint)),
      );
    const first = await process('first');
    // As a process leaves it that died between the two.
    await world.store.add(subscriptionOf('Tell', 'second', 'Tell'));
    const second = await process('second');
    await first.commands<CounterCommands>().send('Tell', { text: '' });
    await world.clock.settle();
    expect(seen.toSorted()).toEqual(['first', 'second']);
    await Promise.all([first.stop(), second.stop()]);
  });
});
