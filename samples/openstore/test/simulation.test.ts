import { describeResult, simulateSeeds } from '@ndomain/testing';
import { expect, it } from 'vitest';
import { Orders } from '../simulation/orders.ts';

/** `npm run simulate` runs more of them. */
const SEEDS = 200;

it("G1 to G9 hold for the shop's orders, whatever goes wrong", async () => {
  const { failed } = await simulateSeeds({ seeds: SEEDS, steps: 16 }, () => new Orders());
  expect(failed.map((result) => describeResult(result)).join('\n')).toBe('');
}, 60_000);
