import { describe, expect, it } from 'vitest';
import {
  Aggregate,
  DomainContext,
  eventHistory,
  LocalEventStoreDb,
  LocalSnapshotStore,
  State,
  type AggregateClass,
  type AggregateRepository,
  type Logger,
  type Mutates,
} from '@ndomain/core';

type AnythingEvents = { Happened: { n: number } };

/** An aggregate whose State does `then` at each event, on a database and snapshots of the caller's. */
function contextOf(aggregate: AggregateClass, { db, snapshots, cache, logger }: Options) {
  return DomainContext.configure()
    .eventSourcing((c) => {
      c.store(db ?? new LocalEventStoreDb()).bind(aggregate);
      if (snapshots !== undefined) c.snapshots({ every: 2, store: snapshots });
      if (cache === true) c.cache({ capacity: 1 });
    })
    .logging((c) => c.logger(logger ?? recorded([])))
    .bus((c) => c.onUnrouted('ignore'))
    .start();
}

interface Options {
  readonly db?: LocalEventStoreDb;
  readonly snapshots?: LocalSnapshotStore;
  readonly cache?: boolean;
  readonly logger?: Logger;
}

function recorded(warnings: string[]): Logger {
  return {
    debug: () => undefined,
    info: () => undefined,
    warn: (_, text) => warnings.push(text),
    error: () => undefined,
  };
}

const happen = async (repository: AggregateRepository<Happening>, times: number): Promise<void> => {
  for (let n = 1; n <= times; n++) await repository.createOrUpdate('a', (each) => each.happen(n));
};

abstract class Happening<S extends State = State> extends Aggregate<S, AnythingEvents> {
  happen(n: number): void {
    this.on('Happened', { n });
  }
}

const WAYS: readonly [string, () => Options][] = [
  ['a cache', () => ({ cache: true })],
  ['snapshots', () => ({ snapshots: new LocalSnapshotStore() })],
];

describe.each(WAYS)('G15 a State restored from %s', (_, options) => {
  it('has members that are undefined, in objects, arrays and maps', async () => {
    class LimitState extends State implements Mutates<AnythingEvents> {
      limit: number | undefined = 100;
      slots: (string | undefined)[] = ['a', 'b'];
      known = new Map<string, number | undefined>([['x', 1]]);
      holes = ['a', 'b', 'c'];
      onHappened(): void {
        this.limit = undefined;
        this.slots[0] = undefined;
        this.known.set('x', undefined);
        Reflect.deleteProperty(this.holes, 1);
      }
    }
    class Limit extends Happening<LimitState> {
      static readonly State = LimitState;
    }
    await using context = await contextOf(Limit, options());
    await happen(context.repository(Limit), 4);
    const { state } = await context.repository(Limit).find('a');
    expect(Object.keys(state)).toEqual(['limit', 'slots', 'known', 'holes']);
    expect([state.limit, state.slots[0], state.known.get('x')]).toEqual([undefined, undefined, undefined]);
    expect([state.known.has('x'), 1 in state.holes, state.holes.length]).toEqual([true, false, 3]);
  });

  it('holds instances of classes, one object in two places, and the State itself', async () => {
    class Money {
      readonly pence: number;
      constructor(pence: number) {
        this.pence = pence;
      }
      get pounds(): number {
        return this.pence / 100;
      }
    }
    class AccountState extends State implements Mutates<AnythingEvents> {
      static readonly classes = { Money };
      total = new Money(0);
      lines: { amount: Money }[] = [];
      last: { amount: Money } | undefined;
      self: AccountState | undefined;
      onHappened({ n }: { n: number }): void {
        this.last = { amount: new Money(n) };
        this.lines.push(this.last);
        this.total = new Money(this.total.pence + n);
        this.self = this;
      }
    }
    class Account extends Happening<AccountState> {
      static readonly State = AccountState;
    }
    await using context = await contextOf(Account, options());
    await happen(context.repository(Account), 4);
    const { state } = await context.repository(Account).find('a');
    expect(state.total).toBeInstanceOf(Money);
    expect(state.total.pounds).toBe(0.1);
    expect(state.last).toBe(state.lines[3]);
    expect(state.self).toBe(state);
  });

  it('keeps its #private fields where it says how, and decides by them', async () => {
    class BudgetState extends State implements Mutates<AnythingEvents> {
      #used = 0;
      get used(): number {
        return this.#used;
      }
      onHappened({ n }: { n: number }): void {
        this.#used += n;
      }
      toSnapshot(): { used: number } {
        return { used: this.#used };
      }
      fromSnapshot({ used }: { used: number }): void {
        this.#used = used;
      }
    }
    class Budget extends Aggregate<BudgetState, AnythingEvents> {
      static readonly State = BudgetState;
      spend(n: number): void {
        if (this.state.used + n <= 10) this.on('Happened', { n });
      }
    }
    await using context = await contextOf(Budget, options());
    const budgets = context.repository(Budget);
    for (let i = 0; i < 5; i++) await budgets.createOrUpdate('a', (budget) => budget.spend(5));
    expect((await budgets.find('a')).state.used).toBe(10);
  });

  it('is refused at start when it has #private fields and does not say how they are kept', async () => {
    class SecretState extends State implements Mutates<AnythingEvents> {
      // It is "#1", and /#2/ is no field of it.
      static readonly #count = 0;
      #used = 0;
      get used(): number {
        return this.#used + SecretState.#count;
      }
      onHappened(): void {
        this.#used++;
      }
    }
    class Secret extends Happening<SecretState> {
      static readonly State = SecretState;
    }
    await expect(contextOf(Secret, options())).rejects.toMatchObject({
      code: 'ND_CONFIGURATION',
      message: expect.stringMatching(/SecretState cannot be kept .* #used.*toSnapshot\(\)/) as string,
    });
    await using context = await contextOf(Secret, {});
    await happen(context.repository(Secret), 3);
    expect((await context.repository(Secret).find('a')).state.used).toBe(3);
  });

  it('is refused whatever its source looks like, and not for what only looks like a private field', async () => {
    const limits = { in: 50 };
    class Divided extends State implements Mutates<AnythingEvents> {
      share = limits.in / 100;
      #used = 0;
      quoted(text: string): boolean {
        if (text.length > 1) return /"/.test(text);
        return this.#used / 2 > 1;
      }
      onHappened(): void {
        this.#used++;
      }
    }
    class Commented extends State implements Mutates<AnythingEvents> {
      // A colour, "#used = 1"; and /#2/.
      readonly colours = ['#abc = 1;', '#def'];
      count = 0;
      onHappened(): void {
        this.count++;
      }
    }
    class Harmless extends State implements Mutates<AnythingEvents> {
      count = 0;
      #helps(): number {
        return 1;
      }
      onHappened(): void {
        this.count += this.#helps();
      }
    }
    const aggregateOf = (stateClass: typeof Divided | typeof Commented | typeof Harmless): AggregateClass =>
      class Hidden extends Aggregate<State, AnythingEvents> {
        static readonly State = stateClass;
      };
    await expect(contextOf(aggregateOf(Divided), options())).rejects.toMatchObject({ code: 'ND_CONFIGURATION' });
    await (await contextOf(aggregateOf(Commented), options())).stop();
    await (await contextOf(aggregateOf(Harmless), options())).stop();
  });

  it('is refused at start when a field of it cannot be kept, naming the field', async () => {
    class HelpedState extends State implements Mutates<AnythingEvents> {
      count = 0;
      double = (): number => this.count * 2;
      onHappened(): void {
        this.count++;
      }
    }
    class Helped extends Happening<HelpedState> {
      static readonly State = HelpedState;
    }
    await expect(contextOf(Helped, options())).rejects.toThrow('it holds a function at $.double');
  });

  it('is no State at all when it cannot be kept: all events are loaded, and the reason is logged once', async () => {
    class OddState extends State implements Mutates<AnythingEvents> {
      count = 0;
      pattern: RegExp | undefined;
      onHappened(): void {
        this.count++;
        this.pattern = /x/g;
      }
    }
    class Odd extends Happening<OddState> {
      static readonly State = OddState;
    }
    const warnings: string[] = [];
    await using context = await contextOf(Odd, { ...options(), logger: recorded(warnings) });
    await happen(context.repository(Odd), 6);
    expect((await context.repository(Odd).find('a')).state).toMatchObject({ count: 6, pattern: /x/g });
    const told = warnings.filter((text) => text.includes('snapshot'));
    expect(told).toEqual([expect.stringContaining('RegExp') as string]);
    expect(told[0]).toContain('$.pattern');
  });
});

describe('G15 a snapshot made by other code', () => {
  type LineEvents = { Added: { quantity: number } };

  const versions = () => {
    class LinesState extends State implements Mutates<LineEvents> {
      units = 0;
      quantities: number[] = [];
      onAdded({ quantity }: LineEvents['Added']): void {
        this.units += quantity;
        this.quantities.push(quantity);
      }
    }
    class Yesterday extends Aggregate<LinesState, LineEvents> {
      static readonly aggregateName = 'Lines';
      static readonly State = LinesState;
      add(quantity: number): void {
        this.on('Added', { quantity });
      }
    }
    return Yesterday;
  };

  async function storeSeven(): Promise<{ db: LocalEventStoreDb; snapshots: LocalSnapshotStore }> {
    const stores = { db: new LocalEventStoreDb(), snapshots: new LocalSnapshotStore() };
    const Yesterday = versions();
    await using context = await contextOf(Yesterday, stores);
    for (let i = 0; i < 7; i++) await context.repository(Yesterday).createOrUpdate('a', (lines) => lines.add(1));
    expect((await stores.snapshots.load('Lines/a'))?.version).toBe(6);
    return stores;
  }

  it('is not used when a field has become a getter', async () => {
    class LinesState extends State implements Mutates<LineEvents> {
      quantities: number[] = [];
      get units(): number {
        return this.quantities.reduce((a, b) => a + b, 0);
      }
      onAdded({ quantity }: LineEvents['Added']): void {
        this.quantities.push(quantity);
      }
    }
    class Today extends Aggregate<LinesState, LineEvents> {
      static readonly aggregateName = 'Lines';
      static readonly State = LinesState;
    }
    await using context = await contextOf(Today, await storeSeven());
    expect((await context.repository(Today).find('a')).state.units).toBe(7);
  });

  it('is not used when its fields have changed, though nobody raised a revision', async () => {
    class LinesState extends State implements Mutates<LineEvents> {
      sum = 0;
      count = 0;
      onAdded({ quantity }: LineEvents['Added']): void {
        this.sum += quantity;
        this.count++;
      }
    }
    class Today extends Aggregate<LinesState, LineEvents> {
      static readonly aggregateName = 'Lines';
      static readonly State = LinesState;
    }
    await using context = await contextOf(Today, await storeSeven());
    expect(Object.entries((await context.repository(Today).find('a')).state)).toEqual([
      ['sum', 7],
      ['count', 7],
    ]);
  });

  it('is not used when old events are read in another way', async () => {
    const Yesterday = versions();
    class Today extends Yesterday {
      static readonly history = eventHistory<LineEvents>().revised('Added', (old) => ({ quantity: 10 * old.quantity }));
    }
    await using context = await contextOf(Today, await storeSeven());
    expect((await context.repository(Today).find('a')).state.units).toBe(70);
  });

  it('is used when the code is the same, and when a declared revision says so', async () => {
    const { db, snapshots } = await storeSeven();
    const froms: number[] = [];
    const load = db.load.bind(db);
    db.load = (streamId, range) => {
      froms.push(range.from);
      return load(streamId, range);
    };
    const Same = versions();
    await using context = await contextOf(Same, { db, snapshots });
    expect((await context.repository(Same).find('a')).state.units).toBe(7);
    expect(froms).toEqual([7]);
  });

  it('is none when its declared revision is today’s and its data are not', async () => {
    const { db, snapshots } = await storeSeven();
    class LinesState extends State implements Mutates<LineEvents> {
      static readonly revision = 3;
      quantities: number[] = [];
      get units(): number {
        return this.quantities.length;
      }
      onAdded({ quantity }: LineEvents['Added']): void {
        this.quantities.push(quantity);
      }
    }
    class Today extends Aggregate<LinesState, LineEvents> {
      static readonly aggregateName = 'Lines';
      static readonly State = LinesState;
    }
    const warnings: string[] = [];
    await using context = await contextOf(Today, { db, snapshots, logger: recorded(warnings) });
    for (const data of [{ units: 5, quantities: [2, 3] }, 'nonsense', { quantities: { '~': 'instance', of: 'X' } }]) {
      await snapshots.save('Lines/a', { version: 6, madeBy: 'r3', data });
      expect((await context.repository(Today).find('a')).state.units).toBe(7);
    }
    expect(warnings).toHaveLength(3);
  });
});
