import assert from 'node:assert/strict';
import { isNDomainError } from '@ndomain/core';
import { SeededRandom } from '../../simulation/seeded-random.ts';
import { range } from './events.ts';

export const DEFAULT_SEQUENCES = 5;
const STEPS = 60;
/** How many operations up to one that is answered differently are told. */
const TOLD = 10;

/** Something that is asked of a storage, and how an error report tells it. */
export interface Operation<Storage> {
  readonly text: string;
  readonly ask: (storage: Storage) => Promise<unknown>;
}

/** Draws the next operation of a sequence. */
export type NextOperation<Storage> = () => Promise<Operation<Storage>>;

/**
 * Asks two instances on one storage, now this one and now that, and asks a model of it the same. Whatever is answered, or refused with an
 * error of this library, has to agree. What does not is told with its seed and with what was asked before.
 */
export async function assertSameAnswers<Storage>(
  { first, second }: { readonly first: Storage; readonly second: Storage },
  model: Storage,
  sequences: number,
  begin: (seed: number, random: SeededRandom) => NextOperation<Storage>,
): Promise<void> {
  for (const seed of range(1, sequences)) {
    const random = new SeededRandom(seed);
    const next = begin(seed, random);
    const asked: string[] = [];
    for (const step of range(1, STEPS)) {
      const { text, ask } = await next();
      const isFirst = random.chance(0.5);
      asked.push(`the ${isFirst ? 'first' : 'second'} was asked to ${text}`);
      const expected = await answerOf(ask, model);
      const found = await answerOf(ask, isFirst ? first : second);
      assert.deepEqual(found, expected, `seed ${seed}, operation ${step}:\n  ${asked.slice(-TOLD).join('\n  ')}\n`);
    }
  }
}

async function answerOf<Storage>(ask: Operation<Storage>['ask'], storage: Storage): Promise<unknown> {
  try {
    return await ask(storage);
  } catch (error) {
    if (!isNDomainError(error)) throw error;
    return { code: error.code, currentVersion: Reflect.get(error, 'currentVersion') as unknown };
  }
}
