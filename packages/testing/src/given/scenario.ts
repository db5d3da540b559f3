import assert from 'node:assert/strict';
import {
  DomainContext,
  LocalEventStoreDb,
  LocalQueryStore,
  LocalTransport,
  silentLogger,
  type Aggregate,
  type AggregateClass,
  type ProjectionClass,
  type Views,
} from '@ndomain/core';
import { VirtualClock } from '../time/virtual-clock.ts';
import { storedForm, type Happened, type HappenedTo } from './happened.ts';
import { RecordingTransport } from './recording-transport.ts';

/** Longer than all retries of the default policy take. */
const LONG_ENOUGH_MS = 10 * 60_000;

type Configure = (builder: ReturnType<typeof DomainContext.configure>) => unknown;
type Step = (world: ScenarioWorld) => Promise<void>;
type ViewOf<P> = P extends abstract new () => infer Instance
  ? Instance extends { initial(id: string): infer View }
    ? View
    : never
  : never;

interface ScenarioWorld {
  readonly context: DomainContext;
  readonly clock: VirtualClock;
  readonly transport: RecordingTransport;
}

/**
 * Tests handlers and projections in a whole context, in process and on a virtual clock: what has happened, what is sent, what came of
 * it. Nothing runs before it is awaited, and everything is stopped then.
 *
 * ```ts
 * await scenario((c) => c.eventSourcing((e) => e.bind(Sale)).bus((b) => b.withProcessor((p) => …)))
 *   .given(Sale, 'sale-1', ['SaleCreated', { stock: 10 }])
 *   .when<SaleCommands>('PlaceOrder', { saleId: 'sale-1', order })
 *   .thenHappened(Sale, 'sale-1', ['OrderPlaced', { order }])
 *   .thenView(StockView, 'sale-1', { units: 9 })
 *   .check();
 * ```
 */
export function scenario(configure: Configure): ContextScenario {
  return new ContextScenario(configure);
}

/** See {@link scenario}. */
export class ContextScenario {
  readonly #configure: Configure;
  readonly #steps: Step[] = [];
  /** How many events each stream had before the last `when`. */
  readonly #before = new Map<string, number>();

  constructor(configure: Configure) {
    this.#configure = configure;
  }

  /** Events that have happened to an aggregate, and have been published. */
  given<A extends Aggregate>(aggregate: AggregateClass<A>, id: string, ...happened: readonly HappenedTo<A>[]): this {
    return this.#step(async ({ context, clock }) => {
      const streamId = streamIdOf(aggregate, id);
      const version = await versionOf(context, streamId);
      const events = storedForm(aggregate, id, happened, version + 1);
      await context.eventStore.append(streamId, `given ${streamId} ${version}`, version, events);
      this.#before.set(streamId, version + events.length);
      await clock.settle();
    });
  }

  /** A command that is sent, or an event that is published. All that it sets off comes to its end, retries included. */
  when<Messages>(...message: Happened<Messages>): this {
    const [name, payload] = message;
    return this.#step(async ({ context, clock, transport }) => {
      transport.forget();
      await context.commandBus.send(name, payload, { id: 'when' });
      await clock.advance(LONG_ENOUGH_MS);
    });
  }

  /** Time that passes. */
  whenTimePasses(milliseconds: number): this {
    return this.#step(({ clock }) => clock.advance(milliseconds));
  }

  /** Exactly these events, in this order, were added to the aggregate's stream. */
  thenHappened<A extends Aggregate>(
    aggregate: AggregateClass<A>,
    id: string,
    ...expected: readonly HappenedTo<A>[]
  ): this {
    return this.#step(async ({ context }) => {
      const streamId = streamIdOf(aggregate, id);
      const added: unknown[] = [];
      for await (const events of context.eventStore.load(streamId, (this.#before.get(streamId) ?? 0) + 1)) {
        added.push(...events.map(({ name, payload }) => [name, payload]));
      }
      assert.deepStrictEqual(added, expected);
    });
  }

  /** Handlers sent these messages, besides the events of aggregates, in any order. */
  thenSent<Messages>(...expected: readonly Happened<Messages>[]): this {
    return this.#step(async ({ transport }) => {
      const sent = transport.sent.filter(({ id }) => id !== 'when').map(({ name, payload }) => [name, payload]);
      assert.deepStrictEqual(sorted(sent), sorted(expected));
    });
  }

  /** A view is as expected. */
  thenView<P extends ProjectionClass>(projection: P, id: string, expected: ViewOf<P>): this {
    return this.#step(async ({ context }) => {
      const views: Views<object> = context.views<ProjectionClass>(projection);
      assert.deepStrictEqual((await views.get(id)).data, expected);
    });
  }

  /** Messages were given up on, with errors of these codes (or names), in order. Without any: none was. */
  thenGivenUp(endpoint: string, ...codes: readonly string[]): this {
    return this.#step(async ({ context }) => {
      const letters = await context.deadLetters(endpoint).list();
      assert.deepStrictEqual(
        letters.map(({ reason }) => reason.code),
        codes,
      );
    });
  }

  /** Runs it all. Rejects with the first expectation that does not hold, and its difference. */
  async check(): Promise<void> {
    const clock = new VirtualClock();
    const transport = new RecordingTransport(new LocalTransport(clock));
    const builder = DomainContext.configure()
      .clock(clock)
      .logging((c) => c.logger(silentLogger))
      .eventSourcing((c) => c.store(new LocalEventStoreDb(clock)))
      .queries(new LocalQueryStore(clock))
      .bus((c) => c.transport(transport));
    this.#configure(builder);
    const context = await builder.start();
    try {
      await clock.settle();
      for (const step of this.#steps) await step({ context, clock, transport });
    } finally {
      const stopped = context.stop();
      await clock.advance(LONG_ENOUGH_MS);
      await stopped;
    }
  }

  #step(step: Step): this {
    this.#steps.push(step);
    return this;
  }
}

function streamIdOf(aggregate: AggregateClass, id: string): string {
  return `${aggregate.aggregateName ?? aggregate.name}/${id}`;
}

async function versionOf(context: DomainContext, streamId: string): Promise<number> {
  return (await context.eventStore.loadPage(streamId, { from: 1, to: 1, limit: 1 })).version;
}

function sorted(messages: readonly unknown[]): unknown[] {
  return messages.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
