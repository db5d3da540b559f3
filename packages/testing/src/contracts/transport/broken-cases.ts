import assert from 'node:assert/strict';
import { ENDPOINT, figuresAre, message, REASON, read, receive } from './messages.ts';
import type { TransportCase, TransportSetup } from './transport-setup.ts';

const RAW = '{"not": "ours", "umlaut": "ü"';
const LEASE_MS = 60_000;
const unless = ({ inject }: TransportSetup): string | false =>
  inject === undefined && 'nothing but our messages can get into its queues';

export const BROKEN_CASES: readonly TransportCase[] = [
  {
    name: 'G8 what is none of our messages is received as broken, with what it is, and holds up nothing',
    unless,
    async run(backend, { inject }) {
      await inject?.(backend, ENDPOINT, RAW);
      await backend.first.send([message('1')]);
      const received = await receive(backend.second.receiver(ENDPOINT, { leaseMs: LEASE_MS }), 2);
      const broken = received.find((transaction) => transaction.read().broken !== undefined);
      const good = received.find((transaction) => transaction !== broken);
      assert.equal(broken?.read().broken?.raw, RAW);
      assert.ok((broken?.read().broken?.problem ?? '').length > 0);
      assert.ok(good && read(good).id === '1');
    },
  },
  {
    name: 'G8 a broken message becomes a dead letter with its raw body, and stays one until it is purged',
    unless,
    async run(backend, { inject }) {
      const { first, second } = backend;
      await inject?.(backend, ENDPOINT, RAW);
      const [broken] = await receive(first.receiver(ENDPOINT, { leaseMs: LEASE_MS }), 1);
      await broken?.deadLetter(REASON);
      const [letter] = await second.deadLetters(ENDPOINT).list({ limit: 10 });
      assert.deepEqual([letter?.raw, letter?.message], [RAW, undefined]);
      assert.equal(await second.deadLetters(ENDPOINT).retry('all'), 0);
      await figuresAre(second, { dead: 1 });
      assert.equal(await second.deadLetters(ENDPOINT).purge('all'), 1);
    },
  },
];
