import assert from 'node:assert/strict';
import { failsWith } from '../support/codes.ts';
import { append, loadAll, payloads, range, versionOf } from '../support/events.ts';
import type { EventStoreCase } from './event-store-setup.ts';

const STREAM = 'Sale/1';
const MIB = 1_048_576;
const QUOTES_AND_BRACES = 20;

export const LIMIT_CASES: readonly EventStoreCase[] = [
  {
    name: 'G11 a payload of 1 MiB comes back',
    unless: ({ capabilities }) =>
      capabilities.maxEventBytes < MIB + QUOTES_AND_BRACES && `it takes ${capabilities.maxEventBytes} bytes per event`,
    async run({ first, second }) {
      const text = 'Grüße-'.repeat(MIB / 8);
      await append(first, STREAM, 't', 0, [{ text }]);
      assert.deepEqual(payloads(await loadAll(second, STREAM)), [{ text }]);
    },
  },
  {
    name: 'a payload within the limit is stored',
    unless: ({ capabilities }) => capabilities.maxEventBytes === Infinity && 'it has no limit of its own',
    async run({ first, second }, { capabilities }) {
      const text = 'x'.repeat(capabilities.maxEventBytes - QUOTES_AND_BRACES);
      await append(first, STREAM, 't', 0, [{ text }]);
      assert.deepEqual(payloads(await loadAll(second, STREAM)), [{ text }]);
    },
  },
  {
    name: 'a payload above the limit is refused with both sizes, and nothing is stored',
    unless: ({ capabilities }) => capabilities.maxEventBytes === Infinity && 'it has no limit of its own',
    async run({ first, second }, { capabilities }) {
      const text = 'x'.repeat(capabilities.maxEventBytes + 1);
      const error = await failsWith('ND_PAYLOAD_TOO_LARGE', () => append(first, STREAM, 't', 0, ['small', { text }]));
      assert.ok(Number(Reflect.get(error, 'size')) > capabilities.maxEventBytes);
      assert.equal(Reflect.get(error, 'limit'), capabilities.maxEventBytes);
      assert.equal(await versionOf(second, STREAM), 0);
    },
  },
  {
    name: 'an append of as many events as possible is stored, one more is refused',
    unless: ({ capabilities }) => capabilities.maxAppendEvents === Infinity && 'it has no limit of its own',
    async run({ first, second }, { capabilities: { maxAppendEvents } }) {
      await failsWith('ND_PAYLOAD_TOO_LARGE', () => append(first, STREAM, 't', 0, range(1, maxAppendEvents + 1)));
      assert.equal(await versionOf(second, STREAM), 0);
      await append(first, STREAM, 't', 0, range(1, maxAppendEvents));
      assert.equal(await versionOf(second, STREAM), maxAppendEvents);
    },
  },
];
