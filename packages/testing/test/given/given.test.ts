import type { DomainContext } from '@ndomain/core';
import { given, scenario } from '@ndomain/testing';
import { describe, expect, it } from 'vitest';
import { Counter, Sums, type CounterCommands } from '../support/counter.ts';

class NotEnough extends Error {}

describe('given(aggregate).when(…).then(…)', () => {
  it('holds when exactly these events happened', async () => {
    // #region aggregate
    await given(Counter, ['Added', { amount: 2, by: 'me' }])
      .when((counter) => counter.add(counter.state.total * 10, 'you'))
      .then(['Added', { amount: 20, by: 'you' }]);
    // #endregion aggregate
    await given(Counter)
      .when(() => undefined)
      .thenNothing();
    await given(Counter, ['Added', { amount: 2, by: '' }])
      .when((counter) => counter.add(1))
      .thenState(({ total }) => expect(total).toBe(3));
  });

  it('shows the difference when others happened', async () => {
    const wrong = given(Counter)
      .when((counter) => counter.add(1, 'me'))
      .then(['Added', { amount: 2, by: 'me' }]);
    await expect(wrong).rejects.toThrow(/amount: 1[\s\S]*amount: 2/);
    await expect(
      given(Counter)
        .when((counter) => counter.add(1))
        .thenNothing(),
    ).rejects.toThrow('Added');
  });

  it('knows errors by class, code and text, and says which one came instead', async () => {
    const failing = (error: Error) =>
      given(Counter).when(() => {
        throw error;
      });
    await failing(new NotEnough('no')).thenThrows(NotEnough);
    await failing(new NotEnough('no coins')).thenThrows(/coins/);
    await given(Counter)
      .when((counter) => counter.add(Number.NaN, Reflect.get({ by: Symbol('me') }, 'by') as unknown as string))
      .thenThrows('ND_NOT_REPRESENTABLE');
    await expect(failing(new Error('other')).thenThrows(NotEnough)).rejects.toThrow(/NotEnough.*Error: other/);
    await expect(
      given(Counter)
        .when(() => undefined)
        .thenThrows(),
    ).rejects.toThrow('it did not');
    await expect(failing(new Error('surprise')).thenNothing()).rejects.toThrow('surprise');
  });

  it('tells who forgets to say what is expected', async () => {
    // Promise.resolve calls `then`, as an await would; the compiler refuses an await.
    const forgotten = Promise.resolve<unknown>(given(Counter).when(() => undefined));
    await expect(forgotten).rejects.toThrow('.thenNothing()');
  });

  it('is typed by the aggregate’s events', () => {
    // @ts-expect-error there is no such event
    void given(Counter, ['Addedd', { amount: 1, by: '' }]);
    // @ts-expect-error the amount is a number
    void given(Counter, ['Added', { amount: '1', by: '' }]);
    const when = () => given(Counter).when((counter) => counter.add(1));
    // @ts-expect-error there is no such event to expect
    void (() => when().then(['Subtracted', { amount: 1, by: '' }]));
  });
});

describe('scenario', () => {
  const counting = () =>
    scenario((c) =>
      c
        .eventSourcing((e) => e.bind(Counter))
        .bus((b) =>
          b.withProcessor((p) => {
            p.endpoint('counting').registerProjection(Sums);
            p.commands<CounterCommands>().handle('Tell', ({ text }) => {
              throw new NotEnough(text);
            });
          }),
        ),
    );

  it('tests projections', async () => {
    await counting()
      .given(
        Counter,
        'c',
        ['Added', { amount: 1, by: '' }],
        ['Renamed', { name: 'n' }],
        ['Added', { amount: 2, by: '' }],
      )
      .thenView(Sums, 'c', { total: 3, amounts: [1, 2] })
      .check();
    const wrong = counting()
      .given(Counter, 'c', ['Added', { amount: 1, by: '' }])
      .thenView(Sums, 'c', { total: 2, amounts: [2] });
    await expect(wrong.check()).rejects.toThrow(/total: 1[\s\S]*total: 2/);
  });

  class Adder {
    readonly #context: DomainContext;

    constructor(context: DomainContext) {
      this.#context = context;
    }

    async handleAdd({ id, amount }: CounterCommands['Add']): Promise<void> {
      await this.#context.repository(Counter).createOrUpdate(id, (counter) => counter.add(amount, 'me'));
      await this.#context.commands<CounterCommands>().send('Work', { id });
    }

    handleWork(): void {}
  }

  const adding = () =>
    scenario((c) =>
      c
        .eventSourcing((e) => e.bind(Counter))
        .bus((b) =>
          b.withProcessor((p) => p.endpoint('adding').registerHandler(Adder, (context) => new Adder(context))),
        ),
    );

  it('tests handlers: what happened, what was sent', async () => {
    // #region scenario
    await adding()
      .given(Counter, 'c', ['Added', { amount: 5, by: '' }])
      .when<CounterCommands>('Add', { id: 'c', amount: 7 })
      .thenHappened(Counter, 'c', ['Added', { amount: 7, by: 'me' }])
      .thenSent<CounterCommands>(['Work', { id: 'c' }])
      .thenGivenUp('adding')
      .check();
    // #endregion scenario
    const wrong = adding()
      .when<CounterCommands>('Add', { id: 'c', amount: 7 })
      .thenHappened(Counter, 'c', ['Added', { amount: 8, by: 'me' }]);
    await expect(wrong.check()).rejects.toThrow(/amount: 7[\s\S]*amount: 8/);
    const nothingSent = adding().when<CounterCommands>('Add', { id: 'c', amount: 7 }).thenSent();
    await expect(nothingSent.check()).rejects.toThrow('Work');
  });

  it('tests what is given up', async () => {
    await counting().when<CounterCommands>('Tell', { text: 'no' }).thenGivenUp('counting', 'Error').check();
  });
});
