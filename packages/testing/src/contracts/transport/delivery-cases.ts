import assert from 'node:assert/strict';
import { throwsWith } from '../support/codes.ts';
import { range } from '../support/events.ts';
import { ENDPOINT, figuresAre, idsOf, message, OTHER_ENDPOINT, read, receive, receiveOne } from './messages.ts';
import type { TransportCase } from './transport-setup.ts';

export const DELIVERY_CASES: readonly TransportCase[] = [
  {
    name: 'says of itself what its setup says',
    async run({ first, second }, { capabilities }) {
      assert.deepEqual({ ...first.capabilities }, { ...capabilities });
      assert.deepEqual({ ...second.capabilities }, { ...capabilities });
    },
  },
  {
    name: 'a message arrives as it was sent: id, name, payload, headers, endpoint and component',
    async run({ first, second }, { leaseMs }) {
      const sent = message('order/1#ü', {
        name: 'Bestellung/注文',
        payload: { order: { id: 'o1', quantity: 2 } },
        headers: { correlationId: 'c/1', Ünï: 'wért 値\n', empty: '' },
        component: 'Sales: main/1',
      });
      await first.send([sent]);
      const transaction = await receiveOne(second.receiver(ENDPOINT, { leaseMs }));
      const { id, name, payload, headers, endpoint, component } = read(transaction);
      assert.deepEqual({ id, name, payload, headers: { ...headers }, endpoint, component }, sent);
      assert.equal(transaction.deliveryCount, 1);
    },
  },
  {
    name: 'G1 what is sent to an endpoint that nobody has opened yet waits for it',
    async run({ first, second }, { leaseMs }) {
      await first.send([message('early')]);
      await figuresAre(second, { ready: 1 });
      assert.deepEqual(idsOf(await receive(second.receiver(ENDPOINT, { leaseMs }), 1)), ['early']);
    },
  },
  {
    name: 'G5 messages of one sender arrive in order of sending, within a call and from call to call',
    async run({ first, second }, { leaseMs }) {
      const ids = range(1, 60).map(String);
      await first.send(ids.slice(0, 30).map((id) => message(id)));
      for (const id of ids.slice(30)) await first.send([message(id)]);
      assert.deepEqual(idsOf(await receive(second.receiver(ENDPOINT, { leaseMs }), 60)), ids);
    },
  },
  {
    name: 'G6 one call to several endpoints and components gives each its own',
    async run({ first, second }, { leaseMs }) {
      await first.send([
        message('1'),
        message('1', { component: 'Stock' }),
        message('1', { endpoint: OTHER_ENDPOINT, component: 'Mail' }),
        message('2', { endpoint: OTHER_ENDPOINT, component: 'Mail' }),
        message('2'),
      ]);
      const sales = await receive(second.receiver(ENDPOINT, { leaseMs }), 3);
      const mail = await receive(second.receiver(OTHER_ENDPOINT, { leaseMs }), 2);
      assert.deepEqual(
        sales.map((each) => `${read(each).id} ${read(each).component}`),
        ['1 Sales', '1 Stock', '2 Sales'],
      );
      assert.deepEqual(idsOf(mail), ['1', '2']);
    },
  },
  {
    name: 'G6 two messages with one id are two messages: whether they are the same is for others to say',
    async run({ first, second }, { leaseMs }) {
      await first.send([message('1'), message('1')]);
      await first.send([message('1')]);
      assert.deepEqual(idsOf(await receive(second.receiver(ENDPOINT, { leaseMs }), 3)), ['1', '1', '1']);
    },
  },
  {
    name: 'sending nothing does nothing',
    async run({ first }) {
      await first.send([]);
      await figuresAre(first, {});
    },
  },
  {
    name: 'many at once all arrive',
    async run({ first, second }, { leaseMs }) {
      const ids = range(1, 500).map(String);
      await first.send(ids.map((id) => message(id)));
      await figuresAre(second, { ready: 500 });
      const inbound = second.receiver(ENDPOINT, { leaseMs });
      const received: string[] = [];
      while (received.length < 500) {
        const batch = await receive(inbound, 50);
        received.push(...idsOf(batch));
        await Promise.all(batch.map(async (transaction) => transaction.commit()));
      }
      assert.deepEqual(received, ids);
    },
  },
  {
    name: 'an endpoint name that the backend refuses is an error that quotes the rule; a good one is none',
    async run({ first }, { refusedEndpoint }) {
      first.checkEndpointName(ENDPOINT);
      first.checkEndpointName('a-63-'.padEnd(63, 'x'));
      if (refusedEndpoint !== undefined) {
        const error = throwsWith('ND_INVALID_OPTION', () => first.checkEndpointName(refusedEndpoint));
        assert.ok(error.message.includes(refusedEndpoint));
      }
    },
  },
];
