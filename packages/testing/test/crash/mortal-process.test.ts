import { LocalTransport, type Clock, type DomainContext, type Transport, type TransportMessage } from '@ndomain/core';
import { MortalProcess, VirtualClock, watchedService, WatchedTransport } from '@ndomain/testing';
import { describe, expect, it } from 'vitest';
import type { CounterCommands } from '../support/counter.ts';
import { World } from '../support/world.ts';

describe('A process that is dead', () => {
  it('G7 has its message handled by another, once its lease is over', async () => {
    const world = new World();
    const process = new MortalProcess(({ step, moment }) => step.name === 'commitMessage' && moment === 'before');
    const texts: string[] = [];
    const start = (by: string, transport: Transport, clock: Clock): Promise<DomainContext> =>
      world
        .process()
        .clock(clock)
        .bus((c) =>
          c.transport(transport).withProcessor((p) =>
            p
              .endpoint('told')
              .commands<CounterCommands>()
              .handle('Tell', ({ text }, { attempt }) => void texts.push(`${by}: ${text}, attempt ${attempt}`)),
          ),
        )
        .start();

    const first = await start('first', new WatchedTransport(world.transport, process), process.clock(world.clock));
    await first.commands<CounterCommands>().send('Tell', { text: 'all' });
    await world.clock.settle();
    expect(process.isDead).toBe(true);

    const second = await start('second', world.transport, world.clock);
    await world.clock.advance(60_000);
    expect(texts).toEqual(['first: all, attempt 1', 'second: all, attempt 2']);
    await second.stop();
  });

  it('gets no answers, and what it does has no effect', async () => {
    const transport = new LocalTransport();
    const process = new MortalProcess();
    const watched = new WatchedTransport(transport, process);
    const answers: string[] = [];
    const waiting = watched.receiver('told', { leaseMs: 1_000 }).receive(1, new AbortController().signal);
    process.kill();
    void waiting.then(() => answers.push('receive'));
    void watched.send([message('late')]).then(() => answers.push('send'));
    await transport.send([message('later')]);
    expect(await transport.figures('told')).toMatchObject({ ready: 1, inFlight: 0 });
    expect(answers).toEqual([]);
  });

  it('gets no answer to what it had asked before, whatever that was', async () => {
    const process = new MortalProcess();
    const gate = Promise.withResolvers<never>();
    const service = watchedService({ ask: () => gate.promise }, 'service', process);
    const answers: unknown[] = [];
    service.ask().then(
      () => answers.push('answer'),
      (error: unknown) => answers.push(error),
    );
    process.kill();
    gate.reject(new Error('too late'));
    await new VirtualClock().settle();
    expect(answers).toEqual([]);
    expect(process.calls).toBe(1);
  });

  it('has no timers that fire', async () => {
    const clock = new VirtualClock();
    const process = new MortalProcess();
    const mortal = process.clock(clock);
    const fired: number[] = [];
    mortal.schedule(1, () => fired.push(1));
    mortal.schedule(10, () => fired.push(10));
    mortal.schedule(2, () => fired.push(2)).cancel();
    await clock.advance(5);
    process.kill();
    mortal.schedule(1, () => fired.push(11));
    await clock.advance(100);
    expect(fired).toEqual([1]);
    expect(clock.pending).toBe(0);
  });
});

function message(id: string): TransportMessage {
  return { id, name: 'Tell', payload: {}, headers: {}, endpoint: 'told', component: 'Tell' };
}
