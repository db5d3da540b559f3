import { isNDomainError, type Clock, type DomainContext, type DomainContextBuilder } from '@ndomain/core';
import { FaultPlan, FaultyTransport } from '@ndomain/testing';
import { describe, expect, it } from 'vitest';
import { Counter, type CounterCommands } from '../support/counter.ts';
import { World } from '../support/world.ts';

/** A process that stands still, with all its timers: nothing is renewed, and nobody tells its handlers. */
class Standstill {
  readonly clock: Clock;
  readonly isOver: Promise<void>;
  readonly #end: () => void;
  #lastedMs = 0;

  constructor(time: Clock) {
    this.clock = {
      now: () => time.now() + this.#lastedMs,
      monotonic: () => time.monotonic() + this.#lastedMs,
      schedule: (...timer) => time.schedule(...timer),
    };
    const { promise, resolve } = Promise.withResolvers<void>();
    this.isOver = promise;
    this.#end = resolve;
  }

  endAfter(ms: number): void {
    this.#lastedMs = ms;
    this.#end();
  }
}

describe('A message that takes long', () => {
  it('G7 stays with its handler, however often its lease has to be renewed', async () => {
    const world = new World();
    const done = Promise.withResolvers<void>();
    const attempts: number[] = [];
    const start = (): ReturnType<World['worker']> =>
      world.worker((p) =>
        p
          .endpoint('work')
          .lease(10_000)
          .handlerTimeout(Infinity)
          .commands<CounterCommands>()
          .handle('Work', async (_, { attempt, signal }) => {
            attempts.push(attempt);
            await done.promise;
            expect(signal.aborted).toBe(false);
          }),
      );
    const contexts = [await start(), await start()];
    await contexts[0]?.commands<CounterCommands>().send('Work', { id: '1' });
    await world.clock.advance(3_600_000);
    expect(attempts).toEqual([1]);
    done.resolve();
    await world.clock.settle();
    expect(await contexts[0]?.figures('work')).toMatchObject({ ready: 0, delayed: 0, inFlight: 0, dead: 0 });
    for (const context of contexts) await context.stop();
  });

  it('G7 stays with its handler while the process stops and waits for it', async () => {
    const world = new World();
    const done = Promise.withResolvers<void>();
    const attempts: number[] = [];
    const start = (): ReturnType<World['worker']> =>
      world.worker((p) =>
        p
          .endpoint('work')
          .lease(5_000)
          .stopTimeout(60_000)
          .commands<CounterCommands>()
          .handle('Work', async (_, { attempt }) => {
            attempts.push(attempt);
            await done.promise;
          }),
      );
    const stopping = await start();
    await stopping.commands<CounterCommands>().send('Work', { id: '1' });
    await world.clock.settle();
    const other = await start();
    const stopped = stopping.stop();
    await world.clock.advance(30_000);
    expect(attempts).toEqual([1]);
    done.resolve();
    await stopped;
    await world.clock.advance(30_000);
    expect(attempts).toEqual([1]);
    await other.stop();
  });

  it('G7 is aborted when its lease was lost, and does not count against the new owner', async () => {
    const world = new World();
    const plan = new FaultPlan();
    for (let i = 1; i <= 4; i++) plan.failBefore('extend', i);
    const seen: string[] = [];
    const reasons: unknown[] = [];
    const handle =
      (who: string) =>
      async (_: unknown, { attempt, signal }: { attempt: number; signal: AbortSignal }): Promise<void> => {
        seen.push(`${who} ${attempt}`);
        if (who !== 'cut off') return;
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        reasons.push(signal.reason);
      };
    const cutOff = await world
      .process()
      .bus((c) =>
        c
          .transport(new FaultyTransport(world.transport, plan))
          .withProcessor((p) =>
            p
              .endpoint('work')
              .concurrency(1)
              .lease(10_000)
              .handlerTimeout(Infinity)
              .commands<CounterCommands>()
              .handle('Work', handle('cut off')),
          ),
      )
      .start();
    await cutOff.commands<CounterCommands>().send('Work', { id: '1' });
    await world.clock.settle();
    const healthy = await world.worker((p) =>
      p.endpoint('work').lease(10_000).commands<CounterCommands>().handle('Work', handle('healthy')),
    );
    await world.clock.advance(30_000);
    expect(seen).toEqual(['cut off 1', 'healthy 2']);
    expect(reasons).toEqual([expect.toSatisfy((reason) => isNDomainError(reason, 'ND_LEASE_LOST'))]);
    expect(await healthy.figures('work')).toMatchObject({ ready: 0, delayed: 0, inFlight: 0, dead: 0 });
    await cutOff.stop();
    await healthy.stop();
  });

  it('G3 adds nothing, where its process stood still, to what another one has done meanwhile', async () => {
    const world = new World();
    const still = new Standstill(world.clock);
    const outcomes: string[] = [];
    const start = (
      process: DomainContextBuilder,
      handle: (context: DomainContext) => Promise<void>,
    ): Promise<DomainContext> => {
      const starting: Promise<DomainContext> = process
        .eventSourcing((c) => c.bind(Counter))
        .bus((c) =>
          c.withProcessor((p) =>
            p
              .endpoint('work')
              .lease(10_000)
              .handlerTimeout(Infinity)
              .commands<CounterCommands>()
              .handle('Work', async () => handle(await starting)),
          ),
        )
        .start();
      return starting;
    };
    const stoodStill = await start(world.process().clock(still.clock), async (context) => {
      await still.isOver;
      try {
        await context.repository(Counter).createOrUpdate('1', (counter) => counter.add(1));
      } catch (error) {
        outcomes.push(isNDomainError(error, 'ND_LEASE_LOST') ? 'stored nothing' : String(error));
        throw error;
      }
    });
    await stoodStill.commands<CounterCommands>().send('Work', { id: '1' });
    await world.clock.settle();
    still.endAfter(20_000);
    await world.clock.settle();
    await stoodStill.stop();
    const other = await start(world.process(), async () => void outcomes.push('refused by another'));
    await world.clock.advance(30_000);
    expect(outcomes).toEqual(['stored nothing', 'refused by another']);
    expect((await other.repository(Counter).findOrDefault('1')).version).toBe(0);
    expect(await other.figures('work')).toMatchObject({ ready: 0, delayed: 0, inFlight: 0, dead: 0 });
    await other.stop();
  });

  it('G2 what it wanted to send does not leave either', async () => {
    const world = new World();
    const still = new Standstill(world.clock);
    const told: string[] = [];
    const starting: Promise<DomainContext> = world
      .process()
      .clock(still.clock)
      .bus((c) =>
        c.withProcessor((p) =>
          p
            .endpoint('work')
            .lease(10_000)
            .handlerTimeout(Infinity)
            .commands<CounterCommands>()
            .handle('Work', async (_, { attempt }) => {
              if (attempt === 1) await still.isOver;
              await (await starting).commands<CounterCommands>().send('Tell', { text: `attempt ${attempt}` });
            })
            .handle('Tell', ({ text }) => void told.push(text)),
        ),
      )
      .start();
    const context = await starting;
    await context.commands<CounterCommands>().send('Work', { id: '1' });
    await world.clock.settle();
    still.endAfter(20_000);
    await world.clock.settle();
    expect(told).toEqual([]);
    await world.clock.advance(30_000);
    expect(told).toEqual(['attempt 2']);
    await context.stop();
  });

  it('G8 a commit that fails does not lose the message, and does not stop the consumer', async () => {
    const world = new World();
    const attempts: string[] = [];
    const context = await world
      .process()
      .bus((c) =>
        c
          .transport(
            new FaultyTransport(world.transport, new FaultPlan().failBefore('commit', 1).failBefore('fail', 1)),
          )
          .withProcessor((p) =>
            p
              .endpoint('work')
              .lease(10_000)
              .commands<CounterCommands>()
              .handle('Work', ({ id }, { attempt }) => void attempts.push(`${id} ${attempt}`)),
          ),
      )
      .start();
    await context.commands<CounterCommands>().send('Work', { id: '1' });
    await context.commands<CounterCommands>().send('Work', { id: '2' });
    await world.clock.advance(60_000);
    expect(attempts.filter((each) => each.startsWith('2'))).toEqual(['2 1']);
    expect(attempts[0]).toBe('1 1');
    expect(await context.figures('work')).toMatchObject({ ready: 0, delayed: 0, inFlight: 0, dead: 0 });
    await context.stop();
  });
});

describe('A backend that goes away', () => {
  it('G12 is tried until it is back, and everything resumes', async () => {
    const world = new World();
    const plan = new FaultPlan();
    for (let i = 1; i <= 10; i++) plan.failBefore('receive', i);
    const done: string[] = [];
    const context = await world
      .process()
      .bus((c) =>
        c.transport(new FaultyTransport(world.transport, plan)).withProcessor((p) =>
          p
            .endpoint('work')
            .commands<CounterCommands>()
            .handle('Work', ({ id }) => void done.push(id)),
        ),
      )
      .start();
    await context.commands<CounterCommands>().send('Work', { id: '1' });
    expect(done).toEqual([]);
    await world.clock.advance(120_000);
    expect(done).toEqual(['1']);
    await context.stop();
  });
});
