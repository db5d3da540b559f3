import { FaultPlan, InjectedFault, seededRandom } from '@ndomain/testing';
import { describe, expect, it } from 'vitest';

/** Makes so many calls and tells what became of each: how often it was done, and how it ended. */
async function outcomes(plan: FaultPlan, calls: number): Promise<string[]> {
  const seen: string[] = [];
  for (let i = 0; i < calls; i++) {
    let done = 0;
    const call = async (): Promise<number> => ++done;
    seen.push(
      await plan.run('append', call).then(
        () => `done ${done}`,
        (error: unknown) => `${error instanceof InjectedFault ? error.fault : 'other'} ${done}`,
      ),
    );
  }
  return seen;
}

describe('A fault plan', () => {
  it('strikes the calls that it was told, as it was told', async () => {
    const plan = new FaultPlan()
      .failBefore('append', 2)
      .failAfter('append', 3)
      .loseAnswer('append', 4)
      .duplicate('append', 5)
      .delay('append', 6)
      .failBefore('load', 1);
    expect(await outcomes(plan, 7)).toEqual([
      'done 1',
      'failBefore 0',
      'failAfter 1',
      'loseAnswer 1',
      'done 2',
      'done 1',
      'done 1',
    ]);
    expect([plan.calls('append'), plan.calls('load')]).toEqual([7, 0]);
  });

  it('strikes by chance, the same way for the same seed', async () => {
    const rates = { failBefore: 0.2, loseAnswer: 0.1, duplicate: 0.1 };
    const [one, same, other] = await Promise.all(
      [1, 1, 2].map((seed) => outcomes(new FaultPlan().byChance(seed, rates), 1_000)),
    );
    expect(one).toEqual(same);
    expect(one).not.toEqual(other);
    const failed = one?.filter((outcome) => outcome === 'failBefore 0').length ?? 0;
    expect(failed).toBeGreaterThan(150);
    expect(failed).toBeLessThan(250);
  });

  it('draws evenly', () => {
    const random = seededRandom(42);
    const buckets = Array.from({ length: 10 }, () => 0);
    for (let i = 0; i < 10_000; i++) {
      const at = Math.floor(random() * 10);
      buckets[at] = (buckets[at] ?? 0) + 1;
    }
    for (const count of buckets) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });
});
