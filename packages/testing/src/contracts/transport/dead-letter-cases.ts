import assert from 'node:assert/strict';
import type { DeadLetter, DeadLetterReason, MessageTransaction, Transport } from '@ndomain/core';
import { range } from '../support/events.ts';
import { Collector } from './collector.ts';
import { ENDPOINT, figuresAre, idsOf, message, OTHER_ENDPOINT, REASON, read, receive, receiveOne } from './messages.ts';
import type { TransportCase } from './transport-setup.ts';

const LEASE_MS = 60_000;
const BATCH = 100;
const isGivenUp = (id: string | number): boolean => Number(id) % 3 === 0;

export const DEAD_LETTER_CASES: readonly TransportCase[] = [
  {
    name: 'G8 a dead letter keeps the message as it was, its endpoint and the reason',
    async run({ first, second }) {
      const sent = message('1', { payload: { at: new Date(5), list: [1n] }, headers: { correlationId: 'ü' } });
      await first.send([sent]);
      const transaction = await receiveOne(first.receiver(ENDPOINT, { leaseMs: LEASE_MS }));
      (read(transaction).payload as { list: bigint[] }).list.push(2n);
      await transaction.deadLetter(REASON);
      const [letter, ...more] = await all(second);
      assert.ok(letter?.message && more.length === 0);
      const { id, name, payload, headers, endpoint, component } = letter.message;
      assert.deepEqual({ id, name, payload, headers: { ...headers }, endpoint, component }, sent);
      assert.deepEqual({ ...letter.reason }, REASON);
      assert.equal(letter.endpoint, ENDPOINT);
      assert.equal(await second.deadLetters(ENDPOINT).count(), 1);
      await figuresAre(second, { dead: 1 });
    },
  },
  {
    name: 'G8 a dead letter does not come back by itself, and belongs to its endpoint alone',
    async run({ first, second, time }, { leaseMs }) {
      await bury(first, ['1'], leaseMs);
      const collector = new Collector(second.receiver(ENDPOINT, { leaseMs }), time.now);
      await time.advance(2 * leaseMs);
      await collector.stop();
      assert.deepEqual(collector.ids, []);
      assert.equal((await all(second)).length, 1);
      assert.deepEqual(await second.deadLetters(OTHER_ENDPOINT).list({ limit: 10 }), []);
    },
  },
  {
    name: 'G8 dead letters are listed oldest first, in pages',
    async run({ first, second }) {
      await bury(first, range(1, 7).map(String));
      const letters = await all(second);
      assert.deepEqual(messageIds(letters), range(1, 7).map(String));
      for (const limit of [1, 2, 7, 10])
        assert.deepEqual(messageIds(await pages(second, limit)), range(1, 7).map(String));
      assert.equal(new Set(letters.map(({ id }) => id)).size, 7);
    },
  },
  {
    name: 'G8 a page of dead letters goes on behind one that is gone by now',
    async run({ first, second }) {
      await bury(first, ['1', '2', '3']);
      const letters = second.deadLetters(ENDPOINT);
      const [, two] = await all(second);
      assert.ok(two);
      await letters.purge([two.id]);
      assert.deepEqual(messageIds(await letters.list({ after: two.id, limit: 10 })), ['3']);
    },
  },
  {
    name: 'G8 retrying puts a message back into its queue, counted from one again',
    async run({ first, second }) {
      await bury(first, ['1', '2', '3']);
      const letters = second.deadLetters(ENDPOINT);
      const [one, , three] = await all(second);
      assert.ok(one && three);
      assert.equal(await letters.retry([one.id, 'unknown', three.id]), 2);
      assert.deepEqual(messageIds(await all(first)), ['2']);
      const back = await receive(first.receiver(ENDPOINT, { leaseMs: LEASE_MS }), 2);
      assert.deepEqual(idsOf(back).toSorted(), ['1', '3']);
      assert.ok(back.every(({ deliveryCount }) => deliveryCount === 1));
      assert.deepEqual(
        back.map((each) => read(each).payload),
        idsOf(back).map((id) => ({ id })),
      );
      assert.equal(await letters.retry([one.id]), 0);
    },
  },
  {
    name: 'G8 all can be retried, also those that had been delayed, and none twice',
    async run({ first, second, time }) {
      await first.send([message('delayed', { deliverAt: time.now() - 1_000 })]);
      await bury(first, range(1, 20).map(String), LEASE_MS, 21);
      const letters = [first, second].map((transport) => transport.deadLetters(ENDPOINT));
      const retried = await Promise.all(letters.map((each) => each.retry('all')));
      assert.equal(
        retried.reduce((sum, count) => sum + count, 0),
        21,
      );
      await figuresAre(second, { ready: 21 });
    },
  },
  {
    name: 'G8 purging deletes dead letters for good',
    async run({ first, second }) {
      await bury(first, ['1', '2', '3']);
      const letters = second.deadLetters(ENDPOINT);
      const [one] = await all(second);
      assert.ok(one);
      assert.equal(await letters.purge([one.id, 'unknown']), 1);
      assert.deepEqual(messageIds(await all(first)), ['2', '3']);
      assert.equal(await letters.purge('all'), 2);
      assert.equal(await letters.retry('all'), 0);
      await figuresAre(first, {});
    },
  },
  {
    name: 'G8 of many, done with and given up on side by side, each that was given up on is kept, whole',
    async run({ first, second }, { many = 2_500 }) {
      const sent = range(1, many);
      await first.send(sent.map((id) => message(String(id), { payload: { id, text: 'ü'.repeat(id % 100) } })));
      const inbound = first.receiver(ENDPOINT, { leaseMs: LEASE_MS });
      const end = async (transaction: MessageTransaction): Promise<void> =>
        isGivenUp(read(transaction).id) ? transaction.deadLetter(REASON) : transaction.commit();
      for (let left = many; left > 0; left -= BATCH)
        await Promise.all((await receive(inbound, Math.min(left, BATCH))).map(end));
      await figuresAre(second, { dead: sent.filter(isGivenUp).length });
      const kept = (await pages(second, BATCH, many)).map(
        (letter) => letter.message?.payload as { id: number; text: string },
      );
      const expected = sent.filter(isGivenUp).map((id) => ({ id, text: 'ü'.repeat(id % 100) }));
      assert.deepEqual(
        kept.toSorted((a, b) => a.id - b.id),
        expected,
      );
    },
  },
  {
    name: 'G8 giving up never fails because the reason is long',
    async run({ first, second }) {
      await first.send([message('1')]);
      const reason: DeadLetterReason = { ...REASON, message: 'ü'.repeat(200_000), stack: '値'.repeat(500_000) };
      await (await receiveOne(first.receiver(ENDPOINT, { leaseMs: LEASE_MS }))).deadLetter(reason);
      const [letter] = await all(second);
      assert.equal(letter?.message?.id, '1');
      assert.deepEqual([letter.reason.code, letter.reason.attempts], [REASON.code, REASON.attempts]);
    },
  },
  {
    name: 'G8 a reason without a stack is kept too',
    async run({ first, second }) {
      await first.send([message('1')]);
      const reason: DeadLetterReason = { code: 'E', message: '', attempts: 1, failedAt: 5 };
      await (await receiveOne(first.receiver(ENDPOINT, { leaseMs: LEASE_MS }))).deadLetter(reason);
      const [letter] = await all(second);
      assert.deepEqual([letter?.reason.code, letter?.reason.message, letter?.reason.stack], ['E', '', undefined]);
    },
  },
];

/** Sends messages and gives up on them, and on whatever else is in the queue. */
async function bury(
  transport: Transport,
  ids: readonly string[],
  leaseMs = LEASE_MS,
  count = ids.length,
): Promise<void> {
  await transport.send(ids.map((id) => message(id)));
  const inbound = transport.receiver(ENDPOINT, { leaseMs });
  for (const transaction of await receive(inbound, count)) await transaction.deadLetter(REASON);
}

async function all(transport: Transport): Promise<readonly DeadLetter[]> {
  return transport.deadLetters(ENDPOINT).list({ limit: 1_000 });
}

async function pages(transport: Transport, limit: number, most = 100): Promise<DeadLetter[]> {
  const found: DeadLetter[] = [];
  for (let after: string | undefined; ;) {
    const page = await transport.deadLetters(ENDPOINT).list({ after, limit });
    assert.ok(page.length <= limit);
    found.push(...page);
    assert.ok(found.length <= most, 'the pages do not come to an end');
    after = page.at(-1)?.id;
    if (after === undefined) return found;
  }
}

function messageIds(letters: readonly DeadLetter[]): (string | undefined)[] {
  return letters.map((letter) => letter.message?.id);
}
