import { LocalQueryStore, type QueryStore } from '@ndomain/core';
import type { SeededRandom } from '../../simulation/seeded-random.ts';
import { assertSameAnswers, DEFAULT_SEQUENCES, type Operation } from '../support/differential.ts';
import type { QueryStoreCase } from './query-store-setup.ts';

/** Prefixes of each other, and in an order that is another one by code points, by case or by language. */
const IDS = ['A', 'A/', 'A/1', 'A/10', 'A/2', 'a/1', 'A/%', 'A/_', 'Ä/1', 'B/\uffff', 'B/😀', 'B/é'];
const PREFIXES = ['', 'A', 'A/', 'A/1', 'B/', 'C'];

export const DIFFERENTIAL_CASES: readonly QueryStoreCase[] = [
  {
    name: 'G10 two instances answer random operations as read models in memory do',
    async run(backend, { sequences = DEFAULT_SEQUENCES }) {
      const memory = new LocalQueryStore();
      await assertSameAnswers<QueryStore>(
        backend,
        memory,
        sequences,
        (seed, random) => () => next(seed, random, memory),
      );
    },
  },
];

async function next(seed: number, random: SeededRandom, memory: QueryStore): Promise<Operation<QueryStore>> {
  const id = `${seed}${random.pick(IDS)}`;
  const { version } = await memory.get(id);
  switch (random.between(1, 3)) {
    case 1:
      return { text: `get ${id}`, ask: (store) => store.get(id) };
    case 2: {
      const prefix = `${seed}${random.pick(PREFIXES)}`;
      const after = random.chance(0.5) ? `${seed}${random.pick(IDS)}` : undefined;
      const limit = random.between(1, 5);
      return {
        text: `list ${limit} that begin with ${prefix}, from behind ${after ?? 'nothing'}`,
        ask: (store) => store.list({ prefix, after, limit }),
      };
    }
    default: {
      const expected = random.chance(0.8) ? version : random.between(0, version + 1);
      const reached = expected + random.between(1, 3);
      const data = { reached, of: new Set([id]), at: new Date(reached) };
      return {
        text: `set ${id} from version ${expected} to ${reached}`,
        ask: (store) => store.set(id, expected, reached, data),
      };
    }
  }
}
