import { VirtualClock } from '@ndomain/testing';
import { describe, expect, it } from 'vitest';

describe('A virtual clock', () => {
  it('fires timers in the order of their moments, those of one moment in the order in which they were set', async () => {
    const clock = new VirtualClock({ startAt: 0 });
    const fired: [string, number][] = [];
    const set = (name: string, ms: number): unknown => clock.schedule(ms, () => fired.push([name, clock.now()]));
    set('c', 30);
    set('a', 10);
    set('b1', 20);
    set('b2', 20);
    await clock.advance(25);
    expect(fired).toEqual([
      ['a', 10],
      ['b1', 20],
      ['b2', 20],
    ]);
    expect([clock.now(), clock.pending, clock.nextDueAt]).toEqual([25, 1, 30]);
    await clock.advance(5);
    expect(fired.at(-1)).toEqual(['c', 30]);
  });

  it('lets what a timer sets in motion come to rest before the next one', async () => {
    const clock = new VirtualClock({ startAt: 0 });
    const seen: string[] = [];
    clock.schedule(10, () => {
      void (async () => {
        for (let i = 0; i < 50; i++) await Promise.resolve();
        seen.push(`first at ${clock.now()}`);
        clock.schedule(5, () => seen.push(`set on the way at ${clock.now()}`));
      })();
    });
    clock.schedule(20, () => seen.push(`second at ${clock.now()}`));
    await clock.advance(100);
    expect(seen).toEqual(['first at 10', 'set on the way at 15', 'second at 20']);
    expect(clock.now()).toBe(100);
  });

  it('forgets cancelled timers, also those that another timer cancels', async () => {
    const clock = new VirtualClock();
    const fired: string[] = [];
    const one = clock.schedule(10, () => fired.push('one'));
    const two = clock.schedule(20, () => fired.push('two'));
    clock.schedule(15, () => two.cancel());
    one.cancel();
    one.cancel();
    await clock.advance(100);
    expect([fired, clock.pending, clock.nextDueAt]).toEqual([[], 0, Infinity]);
  });

  it('lets moves wait for each other, and never goes back', async () => {
    const clock = new VirtualClock({ startAt: 1_000 });
    await Promise.all([clock.advance(10), clock.advance(20), clock.advanceTo(5)]);
    expect(clock.now()).toBe(1_030);
  });

  it('fires a timer without delay only when it is moved', async () => {
    const clock = new VirtualClock();
    let fired = false;
    clock.schedule(-5, () => (fired = true));
    await clock.settle();
    expect(fired).toBe(false);
    await clock.advance(0);
    expect(fired).toBe(true);
  });

  it('goes on after a timer that threw', async () => {
    const clock = new VirtualClock({ startAt: 0 });
    clock.schedule(10, () => {
      throw new Error('a bug');
    });
    await expect(clock.advance(20)).rejects.toThrow('a bug');
    await clock.advance(20);
    expect(clock.now()).toBe(30);
  });
});
