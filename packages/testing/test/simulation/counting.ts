import type { DomainContextBuilder } from '@ndomain/core';
import type { Scenario, SimulatedWorld, SimulationEnd } from '@ndomain/testing';
import { expect } from 'vitest';
import { Counter, Sums, type CounterCommands, type CounterEvents } from '../support/counter.ts';

const COUNTERS = ['a', 'b'] as const;
/** An amount that no handler accepts. */
const POISON = 13;

/** Counters that are added to over endpoints without order, handlers that send on, and commands that can only fail. */
export class Counting implements Scenario {
  readonly aggregates = [Counter];
  #commands = 0;

  configure(builder: DomainContextBuilder): void {
    builder
      .eventSourcing((c) => c.recovery({ olderThanMs: 5_000, everyMs: 2_000 }))
      .bus((c) =>
        c
          .withProcessor((p) =>
            p
              .endpoint('counters')
              .lease(5_000)
              .recoverability({ immediateRetries: 2, delayedRetries: [500, 1_000] })
              .registerHandler(Adder, (context) => new Adder(context))
              .registerProjection(Sums),
          )
          .withProcessor((p) =>
            p
              .endpoint('told')
              .lease(5_000)
              .commands<CounterCommands>()
              .handle('Tell', () => undefined, { inbox: true }),
          ),
      );
  }

  act(world: SimulatedWorld): void {
    const { random } = world;
    const amount = random.chance(0.1) ? POISON : random.between(1, 5);
    const payload: CounterCommands['Add'] = { id: random.pick(COUNTERS), amount };
    world.send({ id: `add-${++this.#commands}`, name: 'Add', payload });
  }

  async check({ context, events, sent, accepted }: SimulationEnd): Promise<void> {
    for (const id of COUNTERS) {
      const amounts = events.filter(({ aggregateId }) => aggregateId === id).map(({ payload }) => amountOf(payload));
      const { version, data } = await context.views(Sums).get(id);
      expect(version).toBe(amounts.length);
      expect(data?.amounts ?? []).toEqual(amounts);
    }
    for (const { id, payload } of sent) {
      if (!accepted.has(id) || amountOf(payload) === POISON) continue;
      const effects = events.filter(({ metadata }) => metadata['causationId'] === id);
      expect(effects, id).toHaveLength(1);
    }
  }
}

function amountOf(payload: unknown): number {
  return (payload as CounterCommands['Add']).amount;
}

type Context = Parameters<NonNullable<Scenario['check']>>[0]['context'];

class Adder {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  async handleAdd({ id, amount }: CounterCommands['Add']): Promise<void> {
    await this.#tell(`adding ${amount} to ${id}`);
    if (amount === POISON) throw new Error('never');
    await this.#context.repository(Counter).createOrUpdate(id, (counter) => counter.add(amount));
  }

  async onAdded({ amount }: CounterEvents['Added']): Promise<void> {
    await this.#tell(`added ${amount}`);
  }

  async #tell(text: string): Promise<void> {
    await this.#context.commands<CounterCommands>().send('Tell', { text });
  }
}
