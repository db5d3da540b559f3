import type { Clock } from '@ndomain/core';
import {
  describeResult,
  simulate,
  simulateSeeds,
  type SimulatedServers,
  type SimulationResult,
} from '@ndomain/testing';
import { describe, expect, it } from 'vitest';
import { Counting } from './counting.ts';
import { ForgetsTransactions, ForgetsUncommitted, LosesReleased, ReturnsToTheEnd, SendsInPart } from './planted.ts';

const scenario = (): Counting => new Counting();

describe('A simulation', () => {
  it('G1 to G9 hold over many seeds', async () => {
    const { failed } = await simulateSeeds({ seeds: 200 }, scenario);
    expect(failed.map((result) => describeResult(result)).join('\n')).toBe('');
  });

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
  it.each<[string, string, (clock: Clock) => SimulatedServers]>([
    ['G3', 'a store that forgets transactions', (clock) => ({ eventStore: new ForgetsTransactions(clock) })],
    ['G1', 'a store that forgets what is uncommitted', (clock) => ({ eventStore: new ForgetsUncommitted(clock) })],
    ['G7', 'a transport that loses what is given back', (clock) => ({ transport: new LosesReleased(clock) })],
    ['G1', 'a transport that sends in part', (clock) => ({ transport: new SendsInPart(clock) })],
    ['G5', 'a transport that returns to the end of the queue', (clock) => ({ transport: new ReturnsToTheEnd(clock) })],
  ])('%s %s is found, and found again by its seed', async (guarantee, _, servers) => {
    const found = await firstFailure(servers);
    expect(found?.violations.some((violation) => violation.guarantee.startsWith(guarantee))).toBe(true);
    const again = await simulate({ seed: found?.seed ?? 0, servers }, scenario);
    expect(again).toEqual(found);
  });
});

async function firstFailure(servers: (clock: Clock) => SimulatedServers): Promise<SimulationResult | undefined> {
  for (let seed = 1; seed <= 300; seed++) {
    const result = await simulate({ seed, servers }, scenario);
    if (result.violations.length > 0) return result;
  }
  return undefined;
}
