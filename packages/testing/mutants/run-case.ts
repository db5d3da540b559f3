import { turns, type TestRunner } from '@ndomain/testing';

/** On a virtual clock whatever is going to happen happens within far fewer turns of the event loop. */
const PATIENCE_TURNS = 3_000;
const PASSED = Symbol('passed');

/**
 * The first case of a suite that an implementation fails: by an assertion, by an error that it should not throw, or by waiting for what
 * never comes. Rejects when it was not the suite that found something, but the mutant that is not even a program.
 */
export async function firstFailure(suite: (runner: TestRunner) => void): Promise<string | undefined> {
  const cases: [string, () => Promise<void>][] = [];
  const it = Object.assign((name: string, body: () => Promise<void>) => cases.push([name, body]), {
    skip: () => undefined,
  });
  suite({ describe: (_, body) => body(), it });
  for (const [name, body] of cases) if (await fails(body)) return name;
  return undefined;
}

async function fails(body: () => Promise<void>): Promise<boolean> {
  const outcome = await Promise.race([ending(body), tooLong()]);
  if (outcome instanceof TypeError || outcome instanceof ReferenceError) {
    throw new Error('The mutant is no program.', { cause: outcome });
  }
  return outcome !== PASSED;
}

/** What the case failed with. */
async function ending(body: () => Promise<void>): Promise<unknown> {
  try {
    await body();
    return PASSED;
  } catch (error) {
    return error;
  }
}

async function tooLong(): Promise<unknown> {
  await turns(PATIENCE_TURNS);
  return new Error('it waited for what never came');
}
