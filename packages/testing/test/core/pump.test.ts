import type { DomainContext, MessageTransaction, ProcessorBuilder } from '@ndomain/core';
import { FaultPlan, FaultyTransport } from '@ndomain/testing';
import { describe, expect, it } from 'vitest';
import type { CounterCommands } from '../support/counter.ts';
import { World } from '../support/world.ts';

const SECOND = 1_000;

async function send(context: DomainContext, count: number): Promise<void> {
  for (let i = 1; i <= count; i++) await context.commands<CounterCommands>().send('Work', { id: String(i) });
}

describe('When everything fails', () => {
  it('the endpoint slows down to one message per pause, and one success ends that', async () => {
    const world = new World();
    const attempts: number[] = [];
    let isBroken = true;
    const context = await world.worker((p) =>
      p
        .endpoint('work')
        .concurrency(4)
        .throttle({ afterFailures: 5, pauseMs: SECOND })
        .recoverability(() => ({ action: 'retryNow' }))
        .maxDeliveries(1_000)
        .commands<CounterCommands>()
        .handle('Work', () => {
          attempts.push(world.elapsed);
          if (isBroken) throw new Error('the database is away');
        }),
    );
    await send(context, 50);
    await world.clock.settle();
    const atOnce = attempts.length;
    expect(atOnce).toBeLessThanOrEqual(5 + 4);
    await world.clock.advance(10 * SECOND);
    expect(attempts.length - atOnce).toBeGreaterThanOrEqual(8);
    expect(attempts.length - atOnce).toBeLessThanOrEqual(11);
    isBroken = false;
    await world.clock.advance(2 * SECOND);
    expect(await context.figures('work')).toMatchObject({ ready: 0, inFlight: 0 });
    await context.stop();
  });
});

describe('G7 a message that was handled but could not be acknowledged', () => {
  it('is only acknowledged when it comes back', async () => {
    const world = new World();
    const plan = new FaultPlan().failBefore('commit', 1);
    let handled = 0;
    const context = await world
      .process()
      .bus((c) =>
        c.transport(new FaultyTransport(world.transport, plan)).withProcessor((p) =>
          p
            .endpoint('work')
            .lease(5 * SECOND)
            .commands<CounterCommands>()
            .handle('Work', () => void handled++),
        ),
      )
      .start();
    await send(context, 1);
    await world.clock.advance(20 * SECOND);
    expect(handled).toBe(1);
    expect(await context.figures('work')).toEqual({ ready: 0, delayed: 0, inFlight: 0, dead: 0 });
    await context.stop();
  });
});

describe('G8 a message that ends its process', () => {
  it('is given up untried after its deliveries, with the reason, although it never failed', async () => {
    const world = new World();
    let begun = 0;
    const process = (): Promise<DomainContext> =>
      world.worker((p) =>
        p
          .endpoint('work')
          .lease(SECOND)
          .maxDeliveries(3)
          .commands<CounterCommands>()
          .handle('Work', () => void begun++),
      );
    // Each process takes the message, and is never heard of again.
    const receiver = world.transport.receiver('work', { leaseMs: SECOND });
    await (await process()).stop();
    await using sender = await world.process().start();
    await send(sender, 1);
    const taken: MessageTransaction[] = [];
    for (let death = 0; death < 3; death++) {
      taken.push(...(await receiver.receive(1, new AbortController().signal)));
      await world.clock.advance(2 * SECOND);
    }
    expect(taken.map(({ deliveryCount }) => deliveryCount)).toEqual([1, 2, 3]);
    const next = await process();
    await world.clock.advance(SECOND);
    expect(begun).toBe(0);
    const [letter] = await next.deadLetters('work').list();
    expect(letter?.reason.code).toBe('ND_NEVER_FINISHED');
    await next.stop();
  });
});

describe('Concurrency', () => {
  it.each<[string, (p: ProcessorBuilder) => unknown]>([
    ['an endpoint', (p) => p],
    ['an ordered endpoint', (p) => p.ordered()],
  ])('of %s can be raised and lowered while it runs', async (_, also) => {
    const world = new World();
    let running = 0;
    let most = 0;
    const context = await world.worker((p) => {
      also(p);
      p.endpoint('work')
        .concurrency(2)
        .commands<CounterCommands>()
        .handle('Work', async () => {
          most = Math.max(most, ++running);
          await new Promise<void>((resolve) => void world.clock.schedule(100, resolve));
          running--;
        });
    });
    const [processor] = context.processors;
    if (processor === undefined) throw new Error('there is no processor');
    await send(context, 120);
    const limits = [2, 7, 1, 3];
    for (const limit of limits) {
      processor.concurrency = limit;
      await world.clock.advance(200);
      most = 0;
      await world.clock.advance(300);
      expect(most).toBe(limit);
    }
    expect(() => (processor.concurrency = 0)).toThrow(expect.objectContaining({ code: 'ND_INVALID_OPTION' }));
    const stopped = context.stop();
    await world.clock.advance(SECOND);
    await stopped;
  });
});

describe('A policy for one message', () => {
  it('holds for it alone', async () => {
    const world = new World();
    const attempts: string[] = [];
    const context = await world.worker((p) => {
      p.endpoint('work')
        .recoverability({ immediateRetries: 3, delayedRetries: [] })
        .recoverability({ immediateRetries: 0, delayedRetries: [] }, { messages: ['Tell'] });
      const fail = (name: string) => (): void => {
        attempts.push(name);
        throw new Error('no');
      };
      p.commands<CounterCommands>().handle('Work', fail('Work')).handle('Tell', fail('Tell'));
    });
    await context.commands<CounterCommands>().send('Work', { id: '1' });
    await context.commands<CounterCommands>().send('Tell', { text: '' });
    await world.clock.settle();
    expect(attempts.filter((name) => name === 'Work')).toHaveLength(4);
    expect(attempts.filter((name) => name === 'Tell')).toHaveLength(1);
    await context.stop();
  });
});
