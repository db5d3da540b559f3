import { deepEqual, equal } from 'node:assert/strict';
import type {
  DomainContext,
  DomainContextBuilder,
  MessageContext,
  RecoverabilityOptions,
  RecoverabilityPolicy,
  SendOptions,
  StreamEvent,
} from '@ndomain/core';
import type { SimulationScenario, SimulatedWorld, SimulationEnd } from '@ndomain/testing';
import { Counter, Sums, type CounterCommands, type CounterEvents } from '../support/counter.ts';

const COUNTERS = ['a', 'b'] as const;
/** What is added to any other counter is added to this one too. */
const TOTAL = 'total';
/** An amount that no handler accepts. */
const POISON = 13;

/** What may be done wrongly. */
export interface CountingPolicies {
  /** How handlers send. */
  readonly sending?: () => SendOptions;
  /** Says that something has happened before it is stored. */
  readonly publishesFirst?: boolean;
  readonly recoverability?: RecoverabilityPolicy | Partial<RecoverabilityOptions>;
}

/** Counters that are added to over endpoints without order, handlers that send on, and commands that can only fail. */
export class Counting implements SimulationScenario {
  readonly aggregates = [Counter];
  readonly #policies: CountingPolicies;
  #commands = 0;

  constructor(policies: CountingPolicies = {}) {
    this.#policies = policies;
  }

  configure(builder: DomainContextBuilder): void {
    const { recoverability = { immediateRetries: 2, delayedRetries: [500, 1_000] } } = this.#policies;
    builder
      .eventSourcing((c) => c.recovery({ olderThanMs: 5_000, everyMs: 2_000 }))
      .bus((c) =>
        c
          .withProcessor((p) =>
            p
              .endpoint('counters')
              .lease(5_000)
              .recoverability(recoverability)
              .registerHandler(Adder, (context) => new Adder(context, this.#policies))
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
    for (const id of [...COUNTERS, TOTAL]) {
      const { version, data } = await context.views(Sums).get(id);
      equal(version, of(events, id).length, `the sum of ${id} is up to date`);
      deepEqual(data?.amounts ?? [], of(events, id).map(amountOf), `the sum of ${id} is right`);
    }
    const added = COUNTERS.flatMap((id) => of(events, id));
    equal(of(events, TOTAL).length, added.length, 'what was added to one is added to the total, once');
    for (const command of sent) {
      if (!accepted.has(command.id) || amountOf(command) === POISON) continue;
      const effects = events.filter(({ metadata }) => metadata['causationId'] === command.id);
      equal(effects.length, 1, `${command.id} has taken effect once`);
    }
  }
}

function of(events: readonly StreamEvent[], id: string): StreamEvent[] {
  return events.filter(({ aggregateId }) => aggregateId === id);
}

function amountOf({ payload }: { readonly payload: unknown }): number {
  return (payload as CounterCommands['Add']).amount;
}

class Adder {
  readonly #context: DomainContext;
  readonly #sending: () => SendOptions;
  readonly #publishesFirst: boolean;

  constructor(context: DomainContext, { sending = () => ({}), publishesFirst = false }: CountingPolicies) {
    this.#context = context;
    this.#sending = sending;
    this.#publishesFirst = publishesFirst;
  }

  async handleAdd({ id, amount }: CounterCommands['Add'], { messageId }: MessageContext): Promise<void> {
    await this.#context.commands<CounterCommands>().send('Tell', { text: id }, this.#sending());
    if (amount === POISON) throw new Error('never');
    if (this.#publishesFirst) await this.#publish(id, amount, messageId);
    await this.#context.repository(Counter).createOrUpdate(id, (counter) => counter.add(amount));
  }

  async onAdded({ amount }: CounterEvents['Added'], { aggregateId }: MessageContext): Promise<void> {
    if (aggregateId === TOTAL) return;
    await this.#context.commands<CounterCommands>().send('Add', { id: TOTAL, amount }, this.#sending());
  }

  async #publish(id: string, amount: number, messageId: string): Promise<void> {
    const { version } = await this.#context.repository(Counter).findOrDefault(id);
    await this.#context.eventBus.publishStored(`Counter/${id}`, [
      {
        aggregateId: id,
        sequenceId: version + 1,
        date: new Date(0),
        name: 'Added',
        revision: 1,
        payload: { amount, by: '' },
        transactionId: `${messageId}/Adder`,
        metadata: {},
      },
    ]);
  }
}
