import type { Clock } from '@ndomain/core';
import { describeResult, GUARANTEES, simulate, simulateSeeds, type SimulatedServers } from '@ndomain/testing';
import { describe, expect, it } from 'vitest';
import { ForgetsTransactions } from '../../mutants/planted.ts';
import { Counting } from './counting.ts';

const scenario = (): Counting => new Counting();

describe('A simulation', () => {
  it('G1 to G9 hold over many seeds', async () => {
    const { failed } = await simulateSeeds({ seeds: 200 }, scenario);
    expect(failed.map((result) => describeResult(result)).join('\n')).toBe('');
  }, 60_000);

  it('replays a seed exactly, and another one differently', async () => {
    const [one, same, other] = [1, 1, 2].map((seed) => simulate({ seed }, scenario));
    const result = await one;
    expect(await same).toEqual(result);
    expect((await other)?.traceHash).not.toBe(result?.traceHash);
  });

  it('makes things go wrong, and things happen', async () => {
    const { figures } = await simulate({ seed: 1, steps: 40 }, scenario);
    expect(figures.commands).toBeGreaterThanOrEqual(40);
    expect(figures.events).toBeGreaterThan(20);
    expect(figures.processes).toBeGreaterThan(2);
    expect(figures.faults).toBeGreaterThan(20);
  });

  it('handles everything once where nothing goes wrong', async () => {
    const { violations, figures } = await simulate({ seed: 1, faults: 'none' }, scenario);
    expect(violations).toEqual([]);
    expect(figures.processes).toBe(2);
    expect(figures.faults).toBe(0);
  });

  it('tells what a scenario finds besides', async () => {
    const result = await simulate({ seed: 1, faults: 'none' }, () =>
      Object.assign(new Counting(), { check: () => Promise.reject(new Error('the books do not balance')) }),
    );
    expect(result.violations).toEqual([{ guarantee: 'the scenario', step: 0, what: 'the books do not balance' }]);
    expect(describeResult(result)).toContain('the books do not balance');
  });

  it('leaves Math.random as it was', async () => {
    const before = Math.random;
    await simulate({ seed: 1 }, scenario);
    expect(Math.random).toBe(before);
  });
});

describe('A bug that is planted', () => {
  const servers = (clock: Clock): SimulatedServers => ({ eventStore: new ForgetsTransactions(clock) });

  it('is found, and found again by its seed', async () => {
    const { failed } = await simulateSeeds({ seeds: 50, servers }, scenario);
    const [found] = failed;
    expect(found?.violations.map(({ guarantee }) => guarantee)).toContain(GUARANTEES.onceInEffect);
    expect(await simulate({ seed: found?.seed ?? 0, servers }, scenario)).toEqual(found);
  });
});
