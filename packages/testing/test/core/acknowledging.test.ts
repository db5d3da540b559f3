import {
  sleep,
  type DomainContext,
  type InboundTransport,
  type MessageTransaction,
  type Transport,
} from '@ndomain/core';
import { describe, expect, it } from 'vitest';
import type { CounterCommands } from '../support/counter.ts';
import { World } from '../support/world.ts';

const SECOND = 1_000;
const COUNT = 40;
const CONCURRENCY = 4;

/** A backend that is slow to acknowledge: each commit waits for the gate. */
class SlowCommits {
  waiting = 0;
  readonly #gate = Promise.withResolvers<void>();

  open(): void {
    this.#gate.resolve();
  }

  in(transport: Transport): Transport {
    return new Proxy(transport, {
      get: (target, name) =>
        name === 'receiver'
          ? (...args: Parameters<Transport['receiver']>) => this.#inbound(target.receiver(...args))
          : bound(target, name),
    });
  }

  #inbound(inbound: InboundTransport): InboundTransport {
    return {
      receive: async (max, signal) =>
        (await inbound.receive(max, signal)).map(
          (transaction) =>
            new Proxy(transaction, {
              get: (target, name) => (name === 'commit' ? () => this.#commit(target) : bound(target, name)),
            }),
        ),
      close: () => inbound.close(),
    };
  }

  async #commit(transaction: MessageTransaction): Promise<void> {
    this.waiting++;
    await this.#gate.promise;
    await transaction.commit();
  }
}

function bound<T extends object>(target: T, name: string | symbol): unknown {
  const value: unknown = Reflect.get(target, name, target);
  return typeof value === 'function' ? (value.bind(target) as unknown) : value;
}

describe('While handled messages are acknowledged', () => {
  async function started(isOrdered: boolean): Promise<{
    world: World;
    commits: SlowCommits;
    context: DomainContext;
    handled: string[];
  }> {
    const world = new World();
    const commits = new SlowCommits();
    const handled: string[] = [];
    const context = await world
      .process()
      .bus((c) =>
        c.transport(commits.in(world.transport)).withProcessor((p) => {
          p.endpoint('work').concurrency(CONCURRENCY);
          if (isOrdered) p.ordered({ partitions: 1 });
          p.commands<CounterCommands>().handle('Work', ({ id }) => void handled.push(id));
        }),
      )
      .start();
    for (let i = 1; i <= COUNT; i++)
      await context.commands<CounterCommands>().send('Work', { id: String(i) }, { key: 'same' });
    await world.clock.settle();
    return { world, commits, context, handled };
  }

  it('the next ones are handled, at first up to twice as many as are handled at once', async () => {
    const { world, commits, context, handled } = await started(false);
    expect(handled).toHaveLength(2 * CONCURRENCY);
    expect(commits.waiting).toBe(handled.length);
    commits.open();
    await world.clock.settle();
    expect(handled).toHaveLength(COUNT);
    expect(await context.figures('work')).toMatchObject({ ready: 0, inFlight: 0 });
    await context.stop();
  });

  it('G9 a stop waits for them, so that none is handled again', async () => {
    const { world, commits, context, handled } = await started(false);
    const stopping = context.stop();
    await world.clock.advance(SECOND / 2);
    commits.open();
    await stopping;
    expect((await world.transport.figures('work')).ready).toBe(COUNT - handled.length);
  });

  it('G9 a stop does not wait for ever', async () => {
    const { world, context, handled } = await started(false);
    const stopping = context.stop();
    await world.clock.advance(60 * SECOND);
    await stopping;
    expect(handled).toHaveLength(2 * CONCURRENCY);
  });

  it('G5 on an ordered endpoint nothing that follows in the same key is begun', async () => {
    const { world, commits, context, handled } = await started(true);
    expect([handled, commits.waiting]).toEqual([['1'], 1]);
    commits.open();
    await world.clock.settle();
    expect(handled).toEqual(Array.from({ length: COUNT }, (_, i) => String(i + 1)));
    await context.stop();
  });
});

describe('G10 What is taken from the queue', () => {
  it('is more than can be handled at once while handlers are quick, and no more than that once they are slow', async () => {
    const world = new World();
    let tookMs = 0;
    const context = await world.worker((p) =>
      p
        .endpoint('work')
        .concurrency(CONCURRENCY)
        .commands<CounterCommands>()
        .handle('Work', () => sleep(world.clock, tookMs)),
    );
    const inFlight = async (): Promise<number> => {
      for (let i = 1; i <= COUNT; i++) await context.commands<CounterCommands>().send('Work', { id: String(i) });
      await world.clock.settle();
      return (await context.figures('work')).inFlight;
    };
    // The first ones tell how long it takes.
    tookMs = 5;
    await inFlight();
    await world.clock.advance(SECOND);
    const whileQuick = await inFlight();
    expect(whileQuick).toBeGreaterThan(CONCURRENCY);
    // At 5 ms each, six in turn are done within 30 ms.
    expect(whileQuick).toBeLessThanOrEqual(7 * CONCURRENCY);
    await world.clock.advance(SECOND);
    tookMs = SECOND;
    await inFlight();
    await world.clock.advance(COUNT * SECOND);
    expect(await inFlight()).toBe(CONCURRENCY);
    const stopping = context.stop();
    await world.clock.advance(2 * SECOND);
    await stopping;
  });
});
