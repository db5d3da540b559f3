// Shown in docs/guide/testing.md.
import { equal } from 'node:assert/strict';
import type { DomainContext, DomainContextBuilder } from '@ndomain/core';
import {
  describeResult,
  simulate,
  simulateSeeds,
  type SimulationScenario,
  type SimulatedWorld,
  type SimulationEnd,
} from '@ndomain/testing';
import { expect, it } from 'vitest';
import { Counter, Sums, type CounterCommands } from '../support/counter.ts';

class AddHandler {
  readonly #context: DomainContext;

  constructor(context: DomainContext) {
    this.#context = context;
  }

  async handleAdd({ id, amount }: CounterCommands['Add']): Promise<void> {
    await this.#context.repository(Counter).createOrUpdate(id, (counter) => counter.add(amount));
  }
}

// #region scenario
class Adding implements SimulationScenario {
  readonly aggregates = [Counter];
  readonly roles = ['worker', 'worker']; // two processes, which share the work
  #sent = 0;

  configure(builder: DomainContextBuilder): void {
    builder.bus((c) =>
      c.withProcessor((p) =>
        p
          .endpoint('counters')
          .registerHandler(AddHandler, (context) => new AddHandler(context))
          .registerProjection(Sums),
      ),
    );
  }

  act({ random, send }: SimulatedWorld): void {
    const payload = { id: random.pick(['a', 'b']), amount: random.between(1, 9) };
    send({ name: 'Add', id: `add-${++this.#sent}`, payload });
  }

  async check({ context, events, accepted }: SimulationEnd): Promise<void> {
    const causes = events.map(({ metadata }) => metadata['causationId']);
    for (const id of accepted) equal(causes.filter((cause) => cause === id).length, 1, id);
    const { data } = await context.views(Sums).get('a');
    const amounts = events.filter(({ aggregateId }) => aggregateId === 'a').map(({ payload }) => payload);
    equal(data?.amounts.length ?? 0, amounts.length);
  }
}
// #endregion scenario

it('G1 to G9 hold, whatever goes wrong', async () => {
  // #region run
  const { failed } = await simulateSeeds({ seeds: 100 }, () => new Adding());
  expect(failed.map((result) => describeResult(result))).toEqual([]);
  // #endregion run
}, 60_000);

it('is replayed by its seed', async () => {
  // #region replay
  const result = await simulate({ seed: 4711, faults: { crash: 0.02 } }, () => new Adding());
  console.log(describeResult(result));
  // #endregion replay
  expect(result.violations).toEqual([]);
});
