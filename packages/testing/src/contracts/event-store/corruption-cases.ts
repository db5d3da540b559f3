import assert from 'node:assert/strict';
import type { EventStoreBackend, EventStoreCase, EventStoreSetup } from './event-store-setup.ts';
import { assertFields, failsWith } from '../support/codes.ts';
import { append, FOREVER, payloads } from '../support/events.ts';

const STREAM = 'Sale/1';
const unless = ({ corrupt }: EventStoreSetup): string | false =>
  corrupt === undefined && 'the setup cannot damage a stored event';

export const CORRUPTION_CASES: readonly EventStoreCase[] = [
  {
    name: 'a stream with an event that cannot be decoded is not half-loaded: the error names stream and version',
    unless,
    async run(backend, setup) {
      await damaged(backend, setup);
      for (const db of [backend.first, backend.second]) {
        const error = await failsWith('ND_CORRUPT_EVENT', () => db.load(STREAM, { from: 1, to: FOREVER, limit: 10 }));
        assertFields(error, { streamId: STREAM, version: 2 });
        await failsWith('ND_CORRUPT_EVENT', () => db.loadUncommitted(STREAM, 't'));
      }
    },
  },
  {
    name: 'the parts of a stream around an event that cannot be decoded can be read',
    unless,
    async run(backend, setup) {
      await damaged(backend, setup);
      const page = await backend.second.load(STREAM, { from: 3, to: FOREVER, limit: 10 });
      assert.deepEqual(payloads(page.events), ['c']);
      assert.deepEqual(await append(backend.first, STREAM, 't2', 3, ['d']), { version: 4, duplicate: false });
    },
  },
];

async function damaged(backend: EventStoreBackend, { corrupt }: EventStoreSetup): Promise<void> {
  await append(backend.first, STREAM, 't', 0, ['a', 'b', 'c']);
  await corrupt?.(backend, STREAM, 2);
}
