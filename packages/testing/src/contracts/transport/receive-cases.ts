import assert from 'node:assert/strict';
import { eventually } from '../../time/eventually.ts';
import { turns } from '../../time/turns.ts';
import { range } from '../support/events.ts';
import { Collector } from './collector.ts';
import { ENDPOINT, figuresAre, idsOf, message, read, receive, receiveOne } from './messages.ts';
import type { TransportCase } from './transport-setup.ts';

const NEVER = new AbortController().signal;

export const RECEIVE_CASES: readonly TransportCase[] = [
  {
    name: 'a receiver waits while there is nothing, and wakes when something is sent',
    async run({ first, second }, { leaseMs }) {
      const inbound = second.receiver(ENDPOINT, { leaseMs });
      for (const id of ['1', '2', '3']) {
        const waiting = receiveOne(inbound);
        await turns(2);
        await first.send([message(id)]);
        const transaction = await waiting;
        assert.equal(read(transaction).id, id);
        await transaction.commit();
      }
    },
  },
  {
    name: 'a receiver that waits tells that receiving works, once, though nothing comes',
    async run({ second }, { leaseMs }) {
      const told: unknown[] = [];
      const stop = new AbortController();
      const inbound = second.receiver(ENDPOINT, { leaseMs, onReceiving: (problem) => told.push(problem) });
      const waiting = inbound.receive(1, stop.signal);
      await eventually(() => told.length > 0);
      stop.abort();
      await waiting;
      await inbound.receive(1, AbortSignal.timeout(50));
      assert.deepEqual(told, [undefined]);
    },
  },
  {
    name: 'G10 never more are taken than asked for',
    async run({ first, second }, { leaseMs }) {
      await first.send(range(1, 10).map((i) => message(String(i))));
      const inbound = second.receiver(ENDPOINT, { leaseMs });
      for (const max of [1, 3, 2]) {
        const received = await inbound.receive(max, NEVER);
        assert.ok(received.length >= 1 && received.length <= max);
      }
    },
  },
  {
    name: 'G10 a waiting receiver is given no more than it asked for',
    async run({ first, second }, { leaseMs }) {
      const one = second.receiver(ENDPOINT, { leaseMs }).receive(2, NEVER);
      const other = first.receiver(ENDPOINT, { leaseMs }).receive(3, NEVER);
      await turns();
      await first.send(range(1, 20).map((i) => message(String(i))));
      const [a, b] = await Promise.all([one, other]);
      assert.ok(a.length >= 1 && a.length <= 2 && b.length >= 1 && b.length <= 3);
      assert.equal(new Set([...idsOf(a), ...idsOf(b)]).size, a.length + b.length);
    },
  },
  {
    name: 'a receiver takes what is there, and does not wait for as many as it asked for',
    async run({ first, second }, { leaseMs }) {
      await first.send([message('1'), message('2')]);
      assert.deepEqual(idsOf(await receive(second.receiver(ENDPOINT, { leaseMs }), 2)), ['1', '2']);
    },
  },
  {
    name: 'G9 aborting ends the wait at once, with nothing',
    async run({ second }, { leaseMs }) {
      const stop = new AbortController();
      const waiting = second.receiver(ENDPOINT, { leaseMs }).receive(10, stop.signal);
      await turns();
      stop.abort();
      assert.deepEqual(await waiting, []);
    },
  },
  {
    name: 'G9 a signal that is aborted already takes nothing',
    async run({ first, second }, { leaseMs }) {
      await first.send([message('1')]);
      const inbound = second.receiver(ENDPOINT, { leaseMs });
      assert.deepEqual(await inbound.receive(10, AbortSignal.abort()), []);
      assert.equal((await receiveOne(inbound)).deliveryCount, 1);
    },
  },
  {
    name: 'G9 an aborted wait loses nothing: what is sent afterwards goes to the others',
    async run({ first, second }, { leaseMs }) {
      const stop = new AbortController();
      const waiting = first.receiver(ENDPOINT, { leaseMs }).receive(10, stop.signal);
      await turns();
      stop.abort();
      await first.send([message('1')]);
      assert.deepEqual(await waiting, []);
      const transaction = await receiveOne(second.receiver(ENDPOINT, { leaseMs }));
      assert.deepEqual([read(transaction).id, transaction.deliveryCount], ['1', 1]);
    },
  },
  {
    name: 'G9 a send that meets an abort loses nothing, and costs no wait for a lease',
    async run({ first, second, time }, { leaseMs }) {
      const others = new Collector(second.receiver(ENDPOINT, { leaseMs }), time.now, ({ transaction }) =>
        transaction.commit(),
      );
      const kept: string[] = [];
      for (const i of range(1, 40)) {
        const stop = new AbortController();
        const waiting = first.receiver(ENDPOINT, { leaseMs }).receive(1, stop.signal);
        const sending = first.send([message(String(i))]);
        if (i % 2 === 0) await turns();
        stop.abort();
        for (const transaction of await waiting) {
          kept.push(read(transaction).id);
          await transaction.commit();
        }
        await sending;
      }
      await others.has(40 - kept.length);
      await others.stop();
      assert.deepEqual([...kept, ...others.ids].toSorted(), range(1, 40).map(String).toSorted());
      await figuresAre(first, {});
    },
  },
];
