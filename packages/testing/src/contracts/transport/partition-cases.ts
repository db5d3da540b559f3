import assert from 'node:assert/strict';
import { HEADERS } from '@ndomain/core';
import { Collector } from './collector.ts';
import { ENDPOINT, figuresAre, idsOf, message, REASON, read, receive, receiveOne } from './messages.ts';
import type { TransportCase } from './transport-setup.ts';

export const PARTITION_CASES: readonly TransportCase[] = [
  {
    name: 'G5 a receiver of a partition gets the messages of that partition alone, in order; one of none those of none',
    async run({ first, second, time }, { leaseMs }) {
      await first.send([
        message('a1', { partition: 0 }),
        message('none1'),
        message('b1', { partition: 7 }),
        message('a2', { partition: 0 }),
        message('none2'),
      ]);
      await figuresAre(second, { ready: 5 });
      const receivers = [0, 7, undefined, 3].map(
        (partition) => new Collector(second.receiver(ENDPOINT, { leaseMs: 10 * leaseMs, partition }), time.now),
      );
      const [zero, seven, none, three] = receivers;
      await zero?.has(2);
      await seven?.has(1);
      await none?.has(2);
      for (const receiver of receivers) await receiver.stop();
      assert.deepEqual([zero?.ids, seven?.ids, none?.ids, three?.ids], [['a1', 'a2'], ['b1'], ['none1', 'none2'], []]);
    },
  },
  {
    name: 'G5 a message keeps its partition: when it fails, is delayed, is given up and retried',
    async run({ first, second, time }, { leaseMs }) {
      const receiver = second.receiver(ENDPOINT, { leaseMs: 10 * leaseMs, partition: 2 });
      await first.send([message('1', { partition: 2, deliverAt: time.now() + leaseMs })]);
      const waiting = receiveOne(receiver);
      await time.advance(leaseMs + time.toleranceMs);
      const delayed = await waiting;
      assert.equal(read(delayed).partition, 2);
      await delayed.fail();
      await (await receiveOne(receiver)).deadLetter(REASON);
      assert.equal(await second.deadLetters(ENDPOINT).retry('all'), 1);
      assert.deepEqual(idsOf(await receive(receiver, 1)), ['1']);
    },
  },
  {
    name: 'G5 G8 dead letters tell the keys that they park, each once',
    async run({ first, second }, { leaseMs }) {
      const keyed = (id: string, key: string): ReturnType<typeof message> =>
        message(id, { headers: { [HEADERS.key]: key } });
      await first.send([keyed('1', 'a/b'), keyed('2', 'ü'), keyed('3', 'a/b'), message('4')]);
      const letters = second.deadLetters(ENDPOINT);
      assert.deepEqual(await letters.keys(), []);
      for (const transaction of await receive(first.receiver(ENDPOINT, { leaseMs }), 4))
        await transaction.deadLetter(REASON);
      assert.deepEqual([...(await letters.keys())].toSorted(), ['a/b', 'ü']);
      const [one] = await letters.list({ limit: 1 });
      assert.ok(one);
      await letters.purge([one.id]);
      assert.deepEqual([...(await letters.keys())].toSorted(), ['a/b', 'ü']);
      await letters.purge('all');
      assert.deepEqual(await letters.keys(), []);
    },
  },
  {
    name: 'G5 G8 what is retried comes before all that wait, in the order in which it was given up, whatever the order of the ids',
    async run({ first, second }, { leaseMs }) {
      await first.send(['1', '2', '3'].map((id) => message(id)));
      for (const transaction of await receive(first.receiver(ENDPOINT, { leaseMs }), 3))
        await transaction.deadLetter(REASON);
      await first.send([message('4')]);
      const letters = second.deadLetters(ENDPOINT);
      const ids = (await letters.list({ limit: 10 })).map(({ id }) => id);
      assert.equal(await letters.retry(ids.toReversed()), 3);
      assert.deepEqual(idsOf(await receive(second.receiver(ENDPOINT, { leaseMs }), 4)), ['1', '2', '3', '4']);
    },
  },
  {
    name: 'G8 one dead letter can be looked at',
    async run({ first, second }, { leaseMs }) {
      await first.send([message('1')]);
      await (await receiveOne(first.receiver(ENDPOINT, { leaseMs }))).deadLetter(REASON);
      const letters = second.deadLetters(ENDPOINT);
      const [listed] = await letters.list({ limit: 10 });
      assert.ok(listed);
      assert.deepEqual(await letters.get(listed.id), listed);
      assert.equal(await letters.get('unknown'), undefined);
    },
  },
];
