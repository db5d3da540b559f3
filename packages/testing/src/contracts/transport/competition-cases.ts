import assert from 'node:assert/strict';
import { eventually } from '../../time/eventually.ts';
import { range } from '../support/events.ts';
import { Collector } from './collector.ts';
import { ENDPOINT, figuresAre, message } from './messages.ts';
import type { TransportCase } from './transport-setup.ts';

export const COMPETITION_CASES: readonly TransportCase[] = [
  {
    name: '4 receivers of 1,000 messages get each of them once when nothing fails',
    async run({ first, second, time }, { leaseMs }) {
      const collectors = [first, first, second, second].map(
        (transport) =>
          new Collector(transport.receiver(ENDPOINT, { leaseMs }), time.now, ({ transaction }) => transaction.commit()),
      );
      const ids = range(1, 1_000).map(String);
      for (let i = 0; i < ids.length; i += 20) await first.send(ids.slice(i, i + 20).map((id) => message(id)));
      const all = (): string[] => collectors.flatMap((collector) => collector.ids);
      await eventually(() => all().length >= 1_000, { timeoutMs: 60_000 });
      await Promise.all(collectors.map((collector) => collector.stop()));
      assert.deepEqual(all().toSorted(), ids.toSorted());
      assert.ok(
        collectors.every(({ arrivals }) => arrivals.every(({ transaction }) => transaction.deliveryCount === 1)),
      );
      await figuresAre(second, {});
    },
  },
  {
    name: 'G7 receivers that sometimes fail still get every message done, each failure counted',
    async run({ first, second, time }, { leaseMs }) {
      const done: string[] = [];
      const collectors = [first, second].map(
        (transport) =>
          new Collector(transport.receiver(ENDPOINT, { leaseMs }), time.now, async ({ id, transaction }) => {
            if (transaction.deliveryCount <= Number(id) % 3) return transaction.fail();
            await transaction.commit();
            done.push(`${id} after ${transaction.deliveryCount}`);
          }),
      );
      const numbers = range(1, 90);
      await first.send(numbers.map((i) => message(String(i))));
      await eventually(() => done.length >= 90, { timeoutMs: 60_000 });
      await Promise.all(collectors.map((collector) => collector.stop()));
      assert.deepEqual(done.toSorted(), numbers.map((i) => `${i} after ${(i % 3) + 1}`).toSorted());
    },
  },
];
