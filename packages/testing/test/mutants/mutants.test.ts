import { describe, expect, it } from 'vitest';
import { MUTANTS, ORIGINALS } from '../../mutants/all.ts';

describe('A suite', () => {
  it.each(ORIGINALS)('finds nothing wrong with what is right: $suite', async ({ caughtBy }) => {
    expect(await caughtBy()).toBeUndefined();
  });

  it.each(MUTANTS)('catches a mutant: $suite: $name', async ({ caughtBy }) => {
    expect(await caughtBy()).toBeTypeOf('string');
  });

  it('says of each mutant which guarantee it breaks', () => {
    for (const { name } of MUTANTS) expect(name).toMatch(/^G\d+ /);
    expect(MUTANTS.length).toBeGreaterThanOrEqual(25);
  });
});
