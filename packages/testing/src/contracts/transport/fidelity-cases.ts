import assert from 'node:assert/strict';
import { assertFields, failsWith } from '../support/codes.ts';
import { SAMPLES, UNREPRESENTABLE } from '../support/payloads.ts';
import { ENDPOINT, figuresAre, message, OTHER_ENDPOINT, read, receiveOne } from './messages.ts';
import type { TransportCase } from './transport-setup.ts';

const MIB = 1_048_576;
const ENVELOPE_BYTES = 2_000;

export const FIDELITY_CASES: readonly TransportCase[] = [
  ...SAMPLES.map(({ name, payload, expected = payload }): TransportCase => ({
    name: `G11 a payload comes back as it went in: ${name}`,
    async run({ first, second }, { leaseMs }) {
      await first.send([message('1', { payload })]);
      const { payload: received } = read(await receiveOne(second.receiver(ENDPOINT, { leaseMs })));
      assert.deepStrictEqual(received, expected);
    },
  })),
  ...UNREPRESENTABLE.map(({ name, payload, path }): TransportCase => ({
    name: `G11 a payload is refused, naming the place, and nothing of the call is sent: ${name}`,
    async run({ first }) {
      const send = (): unknown =>
        first.send([message('1'), message('2', { payload }), message('3', { endpoint: OTHER_ENDPOINT })]);
      assertFields(await failsWith('ND_NOT_REPRESENTABLE', send), { path });
      await figuresAre(first, {});
      await figuresAre(first, {}, OTHER_ENDPOINT);
    },
  })),
  {
    name: 'G11 changing what was sent changes nothing in the queue',
    async run({ first, second }, { leaseMs }) {
      const payload = { list: [1] };
      const headers: Record<string, string> = { a: '1' };
      const sending = first.send([message('1', { payload, headers })]);
      payload.list.push(2);
      headers['a'] = '2';
      await sending;
      const received = read(await receiveOne(second.receiver(ENDPOINT, { leaseMs })));
      assert.deepEqual([received.payload, { ...received.headers }], [{ list: [1] }, { a: '1' }]);
    },
  },
  {
    name: 'G11 what a handler does to its message shows neither in a second look nor in the retry',
    async run({ first, second }, { leaseMs }) {
      await first.send([message('1', { payload: { list: [1] }, headers: { a: '1' } })]);
      const inbound = second.receiver(ENDPOINT, { leaseMs });
      const transaction = await receiveOne(inbound);
      change(read(transaction));
      assert.deepEqual(read(transaction).payload, { list: [1] });
      await transaction.fail();
      const again = read(await receiveOne(inbound));
      assert.deepEqual([again.payload, { ...again.headers }], [{ list: [1] }, { a: '1' }]);
    },
  },
  {
    name: 'a large message arrives',
    async run({ first, second }, { leaseMs, capabilities }) {
      const text = 'x'.repeat(Math.min(capabilities.maxMessageBytes - ENVELOPE_BYTES, 4 * MIB));
      await first.send([message('1', { payload: { text } })]);
      assert.deepEqual(read(await receiveOne(second.receiver(ENDPOINT, { leaseMs }))).payload, { text });
    },
  },
  {
    name: 'a message above the limit is refused with both sizes, and nothing of the call is sent',
    unless: ({ capabilities }) => capabilities.maxMessageBytes === Infinity && 'it has no limit of its own',
    async run({ first }, { capabilities: { maxMessageBytes } }) {
      const text = 'x'.repeat(maxMessageBytes + 1);
      const send = (): unknown => first.send([message('1'), message('2', { payload: { text } })]);
      const error = await failsWith('ND_PAYLOAD_TOO_LARGE', send);
      assert.ok(Number(Reflect.get(error, 'size')) > maxMessageBytes);
      assert.equal(Reflect.get(error, 'limit'), maxMessageBytes);
      await figuresAre(first, {});
    },
  },
];

/** What a careless handler does. Where the message is frozen it cannot, which is as good. */
function change(message: { payload: unknown; headers: object }): void {
  (message.payload as { list: number[] }).list.push(2);
  Reflect.set(message.headers, 'a', '2');
  Reflect.set(message, 'payload', 'gone');
}
