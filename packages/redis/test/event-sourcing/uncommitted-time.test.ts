import { EventStore } from '@ndomain/core';
import { RedisEventStoreDb } from '@ndomain/redis';
import { realTime } from '@ndomain/testing';
import { describe, expect, test } from 'vitest';
import { append } from '../support/events.ts';
import { places, TwoConnections } from '../support/servers.ts';
import { SteppingClock } from '../support/stepping-clock.ts';

const HOUR_MS = 3_600_000;
const AGE_MS = 300;
const CLOCKS: readonly (readonly [off: number, other: number])[] = [
  [-HOUR_MS, 0],
  [HOUR_MS, 0],
  [0, -HOUR_MS],
  [0, HOUR_MS],
  [-HOUR_MS, HOUR_MS],
];

for (const place of await places()) {
  describe(`what a process leaves uncommitted on ${place.name}`, () => {
    test.each(CLOCKS)(
      'G1 is found when it is old enough, whose ever clock is wrong (its own %i ms, of who looks %i ms)',
      async (off, otherOff) => {
        await using connections = new TwoConnections(place);
        const clock = new SteppingClock(otherOff);
        const one = new RedisEventStoreDb(connections.first, new SteppingClock(off));
        const other = new RedisEventStoreDb(connections.second, clock);
        const find = (): Promise<readonly { storedAt: number }[]> =>
          other.findUncommitted({ olderThan: clock.now() - AGE_MS, limit: 10 });
        await append(one, 1);
        expect(await find()).toEqual([]);
        await realTime().advance(AGE_MS + 50);
        const [found] = await find();
        // As the clock of who looks tells it.
        expect(Math.abs((found?.storedAt ?? 0) - clock.now())).toBeLessThan(AGE_MS + 2_000);
        const { oldestAgeMs } = await new EventStore(other, () => undefined).uncommitted(clock);
        expect(oldestAgeMs).toBeGreaterThanOrEqual(AGE_MS - 50);
        expect(oldestAgeMs).toBeLessThan(HOUR_MS / 2);
        const ofStream = await other.findUncommitted({
          olderThan: clock.now() - AGE_MS,
          limit: 10,
          streamId: 'Note/1',
        });
        expect(ofStream.map(({ transactionId }) => transactionId)).toEqual(['t1']);
      },
    );

    test.each([-HOUR_MS, -5_000, HOUR_MS])(
      'G1 is found when it is old enough, though the clock is set by %i ms meanwhile',
      async (step) => {
        await using connections = new TwoConnections(place);
        const clock = new SteppingClock();
        const db = new RedisEventStoreDb(connections.first, clock);
        await append(db, 1);
        clock.step(step);
        const find = (): Promise<readonly unknown[]> =>
          db.findUncommitted({ olderThan: clock.now() - AGE_MS, limit: 10 });
        expect(await find()).toEqual([]);
        await realTime().advance(AGE_MS + 50);
        expect((await find()).length).toBe(1);
      },
    );
  });
}
