import assert from 'node:assert/strict';
import { range } from '../support/events.ts';
import { Collector } from './collector.ts';
import { ENDPOINT, figuresAre, message, receive, receiveOne } from './messages.ts';
import type { TransportCase } from './transport-setup.ts';

export const LEASE_CASES: readonly TransportCase[] = [
  {
    name: 'G7 the messages of a receiver that dies come back to others, not before the lease is over and soon after, counted',
    async run({ first, second, time }, { leaseMs }) {
      await first.send(range(1, 3).map((i) => message(String(i))));
      const begun = time.now();
      await receive(first.receiver(ENDPOINT, { leaseMs }), 3);
      const survivor = new Collector(second.receiver(ENDPOINT, { leaseMs: 10 * leaseMs }), time.now);
      await time.advance(leaseMs + time.toleranceMs);
      const arrivals = await survivor.has(3);
      await survivor.stop();
      assert.deepEqual(survivor.ids.toSorted(), ['1', '2', '3']);
      for (const { at, transaction } of arrivals) {
        assert.ok(at - begun >= leaseMs - time.toleranceMs, `it came back after ${at - begun} ms of ${leaseMs}`);
        assert.equal(transaction.deliveryCount, 2);
      }
    },
  },
  {
    name: 'G7 G8 a message whose receivers die again and again is counted outside of them',
    async run({ first, second, time }, { leaseMs }) {
      await first.send([message('1')]);
      for (const count of range(1, 4)) {
        const transaction = await receiveOne((count % 2 === 0 ? first : second).receiver(ENDPOINT, { leaseMs }));
        assert.equal(transaction.deliveryCount, count);
        await time.advance(leaseMs + time.toleranceMs);
      }
    },
  },
  {
    name: 'G7 extending keeps a message beyond its first lease',
    async run({ first, second, time }, { leaseMs }) {
      // On a busy machine an extension may take longer than half of the shortest lease.
      const longer = 3 * leaseMs;
      await first.send([message('1')]);
      const transaction = await receiveOne(first.receiver(ENDPOINT, { leaseMs: longer }));
      const others = new Collector(second.receiver(ENDPOINT, { leaseMs }), time.now);
      for (let i = 0; i < 3; i++) {
        await time.advance(longer / 2);
        await transaction.extend(longer);
      }
      await transaction.commit();
      await figuresAre(second, {});
      await others.stop();
      assert.deepEqual(others.ids, []);
    },
  },
  {
    name: 'G7 an extended message comes back when the extension is over',
    async run({ first, second, time }, { leaseMs }) {
      await first.send([message('1')]);
      const transaction = await receiveOne(first.receiver(ENDPOINT, { leaseMs }));
      await transaction.extend(3 * leaseMs);
      const extended = time.now();
      const others = new Collector(second.receiver(ENDPOINT, { leaseMs: 10 * leaseMs }), time.now);
      await time.advance(3 * leaseMs + time.toleranceMs);
      const [arrival] = await others.has(1);
      await others.stop();
      assert.ok(arrival && arrival.at - extended >= 3 * leaseMs - time.toleranceMs);
    },
  },
  {
    name: 'leases of different lengths end each in its time',
    async run({ first, second, time }, { leaseMs }) {
      await first.send([message('long'), message('short')]);
      const begun = time.now();
      await receiveOne(first.receiver(ENDPOINT, { leaseMs: 4 * leaseMs }));
      await receiveOne(first.receiver(ENDPOINT, { leaseMs }));
      const others = new Collector(second.receiver(ENDPOINT, { leaseMs: 20 * leaseMs }), time.now);
      await time.advance(4 * leaseMs + time.toleranceMs);
      const [short, long] = await others.has(2);
      await others.stop();
      assert.deepEqual(others.ids, ['short', 'long']);
      assert.ok(short && short.at - begun >= leaseMs - time.toleranceMs);
      assert.ok(long && long.at - begun >= 4 * leaseMs - time.toleranceMs);
    },
  },
];
