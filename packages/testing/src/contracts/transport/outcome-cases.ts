import assert from 'node:assert/strict';
import { range } from '../support/events.ts';
import { Collector } from './collector.ts';
import { ENDPOINT, figuresAre, idsOf, message, read, receive, receiveOne } from './messages.ts';
import type { TransportCase } from './transport-setup.ts';

export const OUTCOME_CASES: readonly TransportCase[] = [
  {
    name: 'commit removes a message for good',
    async run({ first, second, time }, { leaseMs }) {
      await first.send([message('1')]);
      await (await receiveOne(first.receiver(ENDPOINT, { leaseMs }))).commit();
      await figuresAre(second, {});
      const collector = new Collector(second.receiver(ENDPOINT, { leaseMs }), time.now);
      await time.advance(leaseMs + time.toleranceMs);
      await first.send([message('2')]);
      await collector.has(1);
      await collector.stop();
      assert.deepEqual(collector.ids, ['2']);
    },
  },
  {
    name: 'G8 a message that failed comes back at once, and each delivery is counted, whoever receives it',
    async run({ first, second }, { leaseMs }) {
      await first.send([message('1')]);
      for (const count of range(1, 6)) {
        const transport = count % 2 === 0 ? first : second;
        const transaction = await receiveOne(transport.receiver(ENDPOINT, { leaseMs }));
        assert.deepEqual([read(transaction).id, transaction.deliveryCount], ['1', count]);
        await transaction.fail();
      }
    },
  },
  {
    name: 'G8 a message that failed comes back not before its time, and soon after',
    async run({ first, second, time }, { leaseMs }) {
      await first.send([message('1')]);
      const transaction = await receiveOne(first.receiver(ENDPOINT, { leaseMs }));
      const retryAt = time.now() + 3 * leaseMs;
      await transaction.fail(retryAt);
      await figuresAre(second, { delayed: 1 });
      const collector = new Collector(second.receiver(ENDPOINT, { leaseMs: 10 * leaseMs }), time.now);
      await time.advance(3 * leaseMs + time.toleranceMs);
      const [arrival] = await collector.has(1);
      await collector.stop();
      assert.ok(
        arrival && arrival.at >= retryAt - time.toleranceMs,
        `it came ${retryAt - (arrival?.at ?? 0)} ms early`,
      );
      assert.equal(arrival.transaction.deliveryCount, 2);
    },
  },
  {
    name: 'a message that failed with a time in the past comes back at once',
    async run({ first, second, time }, { leaseMs }) {
      await first.send([message('1')]);
      await (await receiveOne(first.receiver(ENDPOINT, { leaseMs }))).fail(time.now() - 60_000);
      assert.equal((await receiveOne(second.receiver(ENDPOINT, { leaseMs }))).deliveryCount, 2);
    },
  },
  {
    name: 'G9 a message that is released comes back at once, before the others, and the delivery does not count',
    async run({ first, second }, { leaseMs }) {
      await first.send(['1', '2', '3'].map((id) => message(id)));
      const taken = await receive(first.receiver(ENDPOINT, { leaseMs }), 2);
      for (const transaction of taken.toReversed()) await transaction.release();
      const again = await receive(second.receiver(ENDPOINT, { leaseMs }), 3);
      assert.deepEqual(idsOf(again), ['1', '2', '3']);
      assert.deepEqual(
        again.map(({ deliveryCount }) => deliveryCount),
        [1, 1, 1],
      );
    },
  },
  {
    name: 'a message may be released until a time',
    async run({ first, second, time }, { leaseMs }) {
      await first.send([message('1')]);
      const until = time.now() + 2 * leaseMs;
      await (await receiveOne(first.receiver(ENDPOINT, { leaseMs }))).release(until);
      const collector = new Collector(second.receiver(ENDPOINT, { leaseMs: 10 * leaseMs }), time.now);
      await time.advance(2 * leaseMs + time.toleranceMs);
      const [arrival] = await collector.has(1);
      await collector.stop();
      assert.ok(arrival && arrival.at >= until - time.toleranceMs);
      assert.equal(arrival.transaction.deliveryCount, 1);
    },
  },
  {
    name: 'G9 closing a receiver gives back at once what it still has, in order and uncounted',
    async run({ first, second }, { leaseMs }) {
      await first.send(range(1, 5).map((i) => message(String(i))));
      const inbound = first.receiver(ENDPOINT, { leaseMs });
      const [done] = await receive(inbound, 4);
      await done?.commit();
      await inbound.close();
      await figuresAre(second, { ready: 4 });
      const again = await receive(second.receiver(ENDPOINT, { leaseMs }), 4);
      assert.deepEqual(idsOf(again), ['2', '3', '4', '5']);
      assert.ok(again.every(({ deliveryCount }) => deliveryCount === 1));
    },
  },
  {
    name: 'the figures tell what is ready, in flight, delayed and dead',
    async run({ first, second, time }) {
      await first.send([
        ...range(1, 5).map((i) => message(String(i))),
        message('6', { deliverAt: time.now() + 600_000 }),
      ]);
      await figuresAre(second, { ready: 5, delayed: 1 });
      const [one, other] = await receive(first.receiver(ENDPOINT, { leaseMs: 60_000 }), 3);
      await figuresAre(second, { ready: 2, inFlight: 3, delayed: 1 });
      await one?.commit();
      await other?.deadLetter({ code: 'E', message: 'no', attempts: 1, failedAt: time.now() });
      await figuresAre(second, { ready: 2, inFlight: 1, delayed: 1, dead: 1 });
      await figuresAre(second, {}, 'unused');
    },
  },
];
