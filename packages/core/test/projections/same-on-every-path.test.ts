import { describe, expect, it } from 'vitest';
import {
  Aggregate,
  DomainContext,
  eventHistory,
  LocalEventStoreDb,
  LocalQueryStore,
  LocalTransport,
  Projection,
  silentLogger,
  State,
  type AggregateClass,
  type AggregateEvent,
  type DomainContext as Context,
  type Logger,
  type ProjectionClass,
} from '@ndomain/core';

class Paid {
  readonly pence: number;
  constructor(pence: number) {
    this.pence = pence;
  }
  get pounds(): number {
    return this.pence / 100;
  }
}

interface Stores {
  readonly db: LocalEventStoreDb;
  readonly queries: LocalQueryStore;
  readonly transport: LocalTransport;
}

const stores = (): Stores => ({
  db: new LocalEventStoreDb(),
  queries: new LocalQueryStore(),
  transport: new LocalTransport(),
});

/** A context with the projection on an endpoint, or with none, which stores events that nobody projects. */
function contextOf(
  aggregate: AggregateClass,
  projection: ProjectionClass | undefined,
  { db, queries, transport }: Stores,
  { messages, logger = silentLogger }: { readonly messages?: object; readonly logger?: Logger } = {},
): Promise<Context> {
  const builder = DomainContext.configure()
    .eventSourcing((c) => c.store(db).bind(aggregate))
    .bus((c) => {
      c.transport(transport);
      if (projection !== undefined) c.withProcessor((p) => p.endpoint('views').registerProjection(projection));
    })
    .queries(queries)
    .logging((c) => c.logger(logger));
  if (messages !== undefined) builder.messages(messages as { Paid: typeof Paid });
  return builder.start();
}

/** Stores three events: one projected live, one that the view has to fetch from the store, one that a replay brings. */
async function viewAfter<A extends Aggregate>(
  path: 'live' | 'gap' | 'catch-up',
  aggregate: AggregateClass<A>,
  projection: ProjectionClass,
  act: (aggregate: A) => void,
  options: { readonly messages?: object } = {},
): Promise<unknown> {
  const all = stores();
  await using other = await contextOf(aggregate, undefined, { ...all, transport: new LocalTransport() }, options);
  if (path === 'live') {
    await using context = await contextOf(aggregate, projection, all, options);
    await context.repository(aggregate).createOrUpdate('a', act);
    const { version } = await context.repository(aggregate).update('a', act);
    return (await context.views(projection).getOrWaitUntil('a', version)).data;
  }
  await other.repository(aggregate).createOrUpdate('a', act);
  await using context = await contextOf(aggregate, projection, all, options);
  if (path === 'gap') {
    const { version } = await context.repository(aggregate).update('a', act);
    return (await context.views(projection).getOrWaitUntil('a', version)).data;
  }
  await other.repository(aggregate).update('a', act);
  await context.catchUp(projection);
  return (await context.views(projection).get('a')).data;
}

const PATHS = ['live', 'gap', 'catch-up'] as const;

describe.each(PATHS)('A projection, %s,', (path) => {
  class AccountState extends State {
    onPaid(): void {
      // The State decides nothing here.
    }
  }
  class Account extends Aggregate<AccountState, { Paid: typeof Paid }> {
    static readonly State = AccountState;
    static readonly Events = { Paid };
    pay(pence: number): void {
      this.on(new Paid(pence));
    }
  }

  class Pounds extends Projection<{ pounds: number }> {
    static readonly source = Account;
    initial(): { pounds: number } {
      return { pounds: 0 };
    }
    onPaid(view: { pounds: number }, event: Paid): void {
      view.pounds += event.pounds;
    }
  }

  it('is given instances of the classes that its aggregate names', async () => {
    expect(await viewAfter(path, Account, Pounds, (account) => account.pay(125))).toEqual({ pounds: 2.5 });
  });

  it('is given instances of the classes that the context names', async () => {
    class Plain extends Aggregate<AccountState, { Paid: { pence: number } }> {
      static readonly aggregateName = 'Account';
      static readonly State = AccountState;
      pay(): void {
        this.on('Paid', { pence: 125 });
      }
    }
    class PlainPounds extends Pounds {
      static override readonly source = Plain as unknown as typeof Account;
    }
    const view = await viewAfter(path, Plain, PlainPounds, (account) => account.pay(), { messages: { Paid } });
    expect(view).toEqual({ pounds: 2.5 });
  });

  it('is given events of its own: what one view does to an event, another does not see', async () => {
    class StepsState extends State {
      onTaken(): void {
        // The State decides nothing here.
      }
    }
    class Steps extends Aggregate<StepsState, { Taken: { steps: string[] } }> {
      static readonly State = StepsState;
      take(): void {
        this.on('Taken', { steps: ['1', '2'] });
      }
    }
    interface View {
      first?: string | undefined;
    }
    const EMPTY: View = {};
    class Firsts extends Projection<View> {
      static readonly source = Steps;
      initial(): View {
        return EMPTY;
      }
      override viewsOf(event: AggregateEvent): readonly string[] {
        (event.payload as { steps: string[] }).steps.reverse();
        return ['b', event.aggregateId];
      }
      onTaken(view: View, event: { steps: string[] }, envelope: AggregateEvent): void {
        view.first = event.steps.shift();
        envelope.date.setFullYear(1999);
      }
    }
    expect(await viewAfter(path, Steps, Firsts, (steps) => steps.take())).toEqual({ first: '1' });
    expect(EMPTY).toEqual({});
  });

  it('sees the whole envelope, with the metadata that the application gave', async () => {
    const seen = new Map<string, AggregateEvent>();
    class Seen extends Projection<{ tenants: string[] }> {
      static readonly source = Account;
      static readonly projectionName = 'Seen';
      initial(): { tenants: string[] } {
        return { tenants: [] };
      }
      onPaid(view: { tenants: string[] }, _: Paid, envelope: AggregateEvent): void {
        seen.set(`${envelope.sequenceId}`, envelope);
        view.tenants.push(envelope.metadata['tenant'] ?? 'none');
      }
    }
    const all = stores();
    const event = (sequenceId: number): AggregateEvent => ({
      aggregateId: 'a',
      sequenceId,
      date: new Date(1_000 * sequenceId),
      name: 'Paid',
      revision: 1,
      payload: { pence: 100 },
      transactionId: `t${sequenceId}`,
      metadata: { tenant: 'acme', correlationId: 'c', key: 'k' },
    });
    await using other = await contextOf(Account, undefined, { ...all, transport: new LocalTransport() });
    await using context = await contextOf(Account, Seen, all);
    for (const n of [1, 2]) {
      const writer = path === 'live' || (path === 'gap' && n === 2) ? context : other;
      await writer.eventStore.append('Account/a', `t${n}`, n - 1, [event(n)]);
    }
    if (path === 'catch-up') await context.catchUp(Seen);
    expect((await context.views(Seen).getOrWaitUntil('a', 2)).data).toEqual({ tenants: ['acme', 'acme'] });
    for (const n of [1, 2]) {
      expect(seen.get(`${n}`)).toStrictEqual({ ...event(n), payload: new Paid(100) });
    }
  });

  it('begins each view where initial() begins it', async () => {
    const EMPTY = { n: 0 };
    class Counts extends Projection<{ n: number }> {
      static readonly source = Account;
      initial(): { n: number } {
        return EMPTY;
      }
      onPaid(view: { n: number }): void {
        view.n++;
      }
    }
    const act = (account: Account): void => account.pay(1);
    expect(await viewAfter(path, Account, Counts, act)).toEqual({ n: 2 });
    expect(await viewAfter(path, Account, Counts, act)).toEqual({ n: 2 });
  });

  it('sees the view as the store keeps it', async () => {
    class Odd extends Projection<{ last: number | undefined; had: boolean[] }> {
      static readonly source = Account;
      initial(): { last: number | undefined; had: boolean[] } {
        return { last: undefined, had: [] };
      }
      onPaid(view: { last: number | undefined; had: boolean[] }): void {
        view.had.push('last' in view);
        view.last = undefined;
      }
    }
    expect(await viewAfter(path, Account, Odd, (account) => account.pay(1))).toEqual({ had: [false, false] });
  });

  it('may be written with fields', async () => {
    class Fields extends Projection<{ n: number }> {
      static readonly source = Account;
      initial = (): { n: number } => ({ n: 0 });
      override viewsOf = (event: AggregateEvent): readonly string[] => [event.aggregateId];
      onPaid = (view: { n: number }, event: Paid): void => {
        view.n += event.pence;
      };
    }
    expect(await viewAfter(path, Account, Fields, (account) => account.pay(2))).toEqual({ n: 4 });
  });
});

describe('G15 an event of a revision that this program does not know', () => {
  type Events = { Priced: { pence: number } };
  const versions = (history: ReturnType<typeof eventHistory<Events>> | undefined) => {
    class PricedState extends State {
      pence = 0;
      onPriced(event: Events['Priced']): void {
        this.pence = event.pence;
      }
    }
    class Priced extends Aggregate<PricedState, Events> {
      static readonly State = PricedState;
      static readonly history = history;
      price(): void {
        this.on('Priced', { pence: 1 });
      }
    }
    return Priced as AggregateClass<Priced>;
  };
  const newer = () => versions(eventHistory<Events>().revised('Priced', (old) => ({ pence: 100 * old.pence })));

  it.each([
    ['without a history', undefined],
    ['with a history of other events', eventHistory<Events>()],
  ])('is refused by find, update and catchUp (%s)', async (_, history) => {
    const all = stores();
    const Newer = newer();
    await using tomorrow = await contextOf(Newer, undefined, all);
    await tomorrow.repository(Newer).createOrUpdate('a', (each) => each.price());
    const Older = versions(history);
    class Views extends Projection<{ n: number }> {
      static readonly source = Older;
      initial(): { n: number } {
        return { n: 0 };
      }
      onPriced(view: { n: number }): void {
        view.n++;
      }
    }
    await using today = await contextOf(Older, Views, { ...all, transport: new LocalTransport() });
    const refused = { code: 'ND_NEWER_EVENT', streamId: 'Priced/a', version: 1, revision: 2, knownRevision: 1 };
    await expect(today.repository(Older).find('a')).rejects.toMatchObject(refused);
    await expect(today.repository(Older).update('a', (each) => each.price())).rejects.toMatchObject(refused);
    await expect(today.catchUp(Views)).rejects.toMatchObject(refused);
    expect((await today.views(Views).get('a')).version).toBe(0);
  });
});

describe('G15 an event that the source of a projection does not know', () => {
  it('is refused, and moves no view past it', async () => {
    class NowState extends State {
      onOpened(): void {
        // Nothing to keep.
      }
    }
    class LaterState extends NowState {
      onClosed(): void {
        // Nothing to keep.
      }
    }
    class Now extends Aggregate<NowState, { Opened: object }> {
      static readonly aggregateName = 'Door';
      static readonly State = NowState;
    }
    class Later extends Aggregate<LaterState, { Opened: object; Closed: object }> {
      static readonly aggregateName = 'Door';
      static readonly State = LaterState;
      slam(): void {
        this.on('Opened', {});
        this.on('Closed', {});
        this.on('Opened', {});
      }
    }
    class Doors extends Projection<{ opened: number }> {
      static readonly source = Now;
      initial(): { opened: number } {
        return { opened: 0 };
      }
      onOpened(view: { opened: number }): void {
        view.opened++;
      }
    }
    const all = stores();
    await using tomorrow = await contextOf(Later, undefined, { ...all, transport: new LocalTransport() });
    await tomorrow.repository(Later).createOrUpdate('a', (door) => door.slam());
    await using today = await contextOf(Now, Doors, all);
    const refused = { code: 'ND_UNKNOWN_EVENT', streamId: 'Door/a', version: 2, eventName: 'Closed' };
    await expect(today.catchUp(Doors)).rejects.toMatchObject(refused);
    expect(await today.views(Doors).get('a')).toMatchObject({ version: 1, data: { opened: 1 } });
  });
});

describe('G15 a projection whose code has changed', () => {
  it('is reported at the next start, once', async () => {
    class DoorState extends State {
      onOpened(): void {
        // Nothing to keep.
      }
    }
    class Door extends Aggregate<DoorState, { Opened: object }> {
      static readonly State = DoorState;
    }
    const yesterday = () =>
      class Doors extends Projection<{ n: number }> {
        static readonly source = Door;
        initial(): { n: number } {
          return { n: 0 };
        }
      };
    class Doors extends Projection<{ n: number }> {
      static readonly source = Door;
      initial(): { n: number } {
        return { n: 1 };
      }
    }
    const all = stores();
    const told: string[] = [];
    const logger: Logger = { ...silentLogger, warn: (_, text) => told.push(text) };
    for (const projection of [yesterday(), yesterday(), Doors, Doors]) {
      await using _ = await contextOf(Door, projection, { ...all, transport: new LocalTransport() }, { logger });
    }
    expect(told).toEqual([expect.stringContaining('the code of the projection Doors has changed') as string]);
  });
});
