import assert from 'node:assert/strict';
import { Collector } from './collector.ts';
import { ENDPOINT, idsOf, message, receive, receiveOne } from './messages.ts';
import type { TransportCase } from './transport-setup.ts';

export const DELAY_CASES: readonly TransportCase[] = [
  {
    name: 'a delayed message comes not early, and soon after its time',
    async run({ first, second, time }, { leaseMs }) {
      const deliverAt = time.now() + 2 * leaseMs;
      const collector = new Collector(second.receiver(ENDPOINT, { leaseMs: 10 * leaseMs }), time.now);
      await first.send([message('later', { deliverAt }), message('now')]);
      await collector.has(1);
      await time.advance(2 * leaseMs + time.toleranceMs);
      const [now, later] = await collector.has(2);
      await collector.stop();
      assert.deepEqual(collector.ids, ['now', 'later']);
      assert.ok(now && now.at < deliverAt);
      assert.ok(later && later.at >= deliverAt - time.toleranceMs, `it came ${deliverAt - (later?.at ?? 0)} ms early`);
      assert.equal(later.transaction.deliveryCount, 1);
    },
  },
  {
    name: 'delayed messages come in the order of their times',
    async run({ first, second, time }, { leaseMs }) {
      const now = time.now();
      const at = (id: string, leases: number): ReturnType<typeof message> =>
        message(id, { deliverAt: now + leases * leaseMs });
      await first.send([at('third', 3), at('first', 1), at('second', 2)]);
      await first.send([at('fourth', 4)]);
      const collector = new Collector(second.receiver(ENDPOINT, { leaseMs: 20 * leaseMs }), time.now);
      await time.advance(4 * leaseMs + time.toleranceMs);
      await collector.has(4);
      await collector.stop();
      assert.deepEqual(collector.ids, ['first', 'second', 'third', 'fourth']);
    },
  },
  {
    name: 'a message whose time is past comes at once',
    async run({ first, second, time }, { leaseMs }) {
      await first.send([message('1', { deliverAt: time.now() - 86_400_000 }), message('2', { deliverAt: 1 })]);
      assert.deepEqual(idsOf(await receive(second.receiver(ENDPOINT, { leaseMs }), 2)), ['1', '2']);
    },
  },
  {
    name: 'a message may be delayed for years',
    async run({ first, second, time }, { leaseMs }) {
      await first.send([message('later', { deliverAt: time.now() + 10 * 365 * 86_400_000 }), message('now')]);
      const collector = new Collector(second.receiver(ENDPOINT, { leaseMs }), time.now, ({ transaction }) =>
        transaction.commit(),
      );
      await collector.has(1);
      await time.advance(2 * leaseMs);
      await collector.stop();
      assert.ok(collector.ids.every((id, i) => id === (i === 0 ? 'now' : 'later')));
      assert.deepEqual(collector.ids, ['now'], 'a message of ten years from now came today');
    },
  },
  {
    name: 'G1 what is queued and what is delayed is not lost at a restart',
    unless: ({ restart }) => restart === undefined && 'its queues live as long as the process',
    async run(backend, { leaseMs, restart }) {
      const { first, time } = backend;
      const deliverAt = time.now() + 2 * leaseMs;
      await first.send([message('later', { deliverAt }), message('now')]);
      const again = await restart?.(backend);
      assert.ok(again);
      const collector = new Collector(again.receiver(ENDPOINT, { leaseMs: 10 * leaseMs }), time.now);
      await collector.has(1);
      await time.advance(2 * leaseMs + time.toleranceMs);
      const [, later] = await collector.has(2);
      await collector.stop();
      assert.deepEqual(collector.ids, ['now', 'later']);
      assert.ok(later && later.at >= deliverAt - time.toleranceMs);
    },
  },
  {
    name: 'G8 deliveries are counted beyond a restart',
    unless: ({ restart }) => restart === undefined && 'its queues live as long as the process',
    async run(backend, { leaseMs, restart }) {
      await backend.first.send([message('1')]);
      await (await receiveOne(backend.first.receiver(ENDPOINT, { leaseMs }))).fail();
      const again = await restart?.(backend);
      assert.ok(again);
      assert.equal((await receiveOne(again.receiver(ENDPOINT, { leaseMs }))).deliveryCount, 2);
    },
  },
];
