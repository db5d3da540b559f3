import type { DomainContext } from '@ndomain/core';
import { describe, expect, it } from 'vitest';
import type { CounterCommands } from '../support/counter.ts';
import { World } from '../support/world.ts';

class Parking {
  readonly world = new World();
  readonly done: string[] = [];
  isBroken = true;

  worker(): Promise<DomainContext> {
    return this.world.worker((p) =>
      p
        .endpoint('work')
        .ordered()
        .recoverability({ immediateRetries: 1, delayedRetries: [] })
        .commands<CounterCommands>()
        .handle('Work', ({ id }, { headers }) => {
          if (this.isBroken && id === 'bad2') throw new Error('broken');
          this.done.push(`${headers['key'] ?? ''}:${id}`);
        }),
    );
  }

  send(context: DomainContext, key: string, ids: readonly string[]): Promise<unknown> {
    const commands = context.commands<CounterCommands>();
    return commands.sendAll(ids.map((id) => ({ name: 'Work' as const, payload: { id }, options: { key } })));
  }
}

describe('G5 a key whose message was given up on', () => {
  it('is parked with all that follows, in order, while other keys go on, and resumed in order', async () => {
    const parking = new Parking();
    const context = await parking.worker();
    await parking.send(context, 'a', ['1', 'bad2', '3']);
    await parking.send(context, 'b', ['1', '2', '3']);
    await parking.world.clock.settle();
    await parking.send(context, 'a', ['4']);
    await parking.world.clock.settle();
    expect(parking.done.toSorted()).toEqual(['a:1', 'b:1', 'b:2', 'b:3']);

    const dead = context.deadLetters('work');
    const letters = await dead.list();
    expect(letters.map(({ message, reason }) => [message?.payload, reason.code])).toEqual([
      [{ id: 'bad2' }, 'Error'],
      [{ id: '3' }, 'ND_KEY_PARKED'],
      [{ id: '4' }, 'ND_KEY_PARKED'],
    ]);

    parking.isBroken = false;
    parking.done.length = 0;
    expect(await dead.resumeKey('a')).toBe(3);
    await parking.send(context, 'a', ['5']);
    await parking.world.clock.settle();
    expect(parking.done).toEqual(['a:bad2', 'a:3', 'a:4', 'a:5']);
    expect(await dead.count()).toBe(0);
    await context.stop();
  });

  it('stays parked when another process takes over', async () => {
    const parking = new Parking();
    const first = await parking.worker();
    await parking.send(first, 'a', ['1', 'bad2']);
    await parking.world.clock.settle();
    await first.stop();
    const second = await parking.worker();
    await parking.send(second, 'a', ['3']);
    await parking.world.clock.advance(60_000);
    expect(parking.done).toEqual(['a:1']);
    expect(await second.deadLetters('work').count()).toBe(2);
    await second.stop();
  });

  it('delays no other key', async () => {
    const parking = new Parking();
    const context = await parking.worker();
    await parking.send(context, 'a', ['bad2']);
    for (let i = 0; i < 200; i++) await parking.send(context, `other${i}`, ['1']);
    const before = parking.world.elapsed;
    await parking.world.clock.settle();
    expect(parking.done).toHaveLength(200);
    expect(parking.world.elapsed - before).toBe(0);
    await context.stop();
  });
});
