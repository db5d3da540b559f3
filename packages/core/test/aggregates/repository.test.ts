import { describe, expect, it } from 'vitest';
import {
  AggregateDefinition,
  DomainContext,
  eventHistory,
  LocalEventStoreDb,
  LocalSnapshotStore,
  silentLogger,
  State,
  Aggregate,
  type AggregateEvent,
  type AppendResult,
} from '@ndomain/core';
import { Sale, SaleState, type SaleEvents } from '../support/shop.ts';

function contextOver(db: LocalEventStoreDb, snapshots?: LocalSnapshotStore, capacity?: number) {
  return DomainContext.configure()
    .logging((c) => c.logger(silentLogger))
    .eventSourcing((c) => {
      c.store(db).bind(Sale);
      if (snapshots !== undefined) c.snapshots({ every: 5, store: snapshots });
      if (capacity !== undefined) c.cache({ capacity });
    })
    .start();
}

const order = (id: string, quantity = 1) => ({ id, quantity });

describe('an aggregate', () => {
  const definition = new AggregateDefinition(Sale);

  it('follows its events at once, and remembers them as changes', () => {
    const sale = definition.create('s');
    sale.open(10);
    sale.placeOrder(order('o1', 3));
    expect(sale.state.stock).toBe(7);
    expect(sale.changes.map(({ name }) => name)).toEqual(['SaleCreated', 'OrderPlaced']);
    expect([sale.originalVersion, sale.version]).toEqual([0, 2]);
  });

  it('G11: cannot be changed through what was passed to it, nor can its events through its State', () => {
    const sale = definition.create('s');
    const placed = order('o1', 3);
    sale.open(10);
    sale.placeOrder(placed);
    placed.quantity = 99;
    expect(sale.state.pending.get('o1')).toEqual({ id: 'o1', quantity: 3 });
    const kept = sale.state.pending.get('o1');
    if (kept !== undefined) kept.quantity = 77;
    expect(sale.changes[1]?.payload).toEqual({ order: { id: 'o1', quantity: 3 } });
  });

  it('is the same from events as from a snapshot and the rest', () => {
    const live = definition.create('s');
    live.open(10);
    for (const id of ['a', 'b', 'c']) live.placeOrder(order(id));
    const events: AggregateEvent[] = live.changes.map(({ name, payload }, i) => ({
      aggregateId: 's',
      sequenceId: i + 1,
      date: new Date(0),
      name,
      revision: 1,
      payload,
      transactionId: 't',
      metadata: {},
    }));
    const all = definition.fromEvents('s', events);
    const { snapshot } = definition.snapshotOf(definition.fromEvents('s', events.slice(0, 2)));
    const rest = definition.fromSnapshot('s', snapshot, events.slice(2));
    expect(all.state).toEqual(live.state);
    expect(rest?.state).toEqual(live.state);
    expect(rest?.version).toBe(4);
  });

  it('refuses an event that its State does not know, naming stream, version and what it knows', () => {
    const strange = { aggregateId: 's', sequenceId: 4, date: new Date(0), name: 'SaleClosed', revision: 1 };
    expect(() => definition.fromEvents('s', [{ ...strange, payload: {}, transactionId: 't', metadata: {} }])).toThrow(
      expect.objectContaining({
        code: 'ND_UNKNOWN_EVENT',
        streamId: 'Sale/s',
        version: 4,
        message: expect.stringContaining('"SaleCreated", "OrderPlaced", "OrderCancelled"') as string,
      }),
    );
  });
});

describe('a repository', () => {
  it('says which aggregate was not found', async () => {
    await using context = await contextOver(new LocalEventStoreDb());
    const sales = context.repository(Sale);
    const missing = { code: 'ND_AGGREGATE_NOT_FOUND', aggregateName: 'Sale', aggregateId: 'nope' };
    await expect(sales.find('nope')).rejects.toMatchObject(missing);
    await expect(sales.update('nope', () => undefined)).rejects.toMatchObject(missing);
    expect((await sales.findOrDefault('nope')).version).toBe(0);
  });

  it('refuses an id that no backend could keep', async () => {
    await using context = await contextOver(new LocalEventStoreDb());
    await expect(context.repository(Sale).find('')).rejects.toMatchObject({ code: 'ND_INVALID_ID' });
    await expect(context.repository(Sale).find('é'.repeat(600))).rejects.toMatchObject({ code: 'ND_INVALID_ID' });
  });

  it('stores changes, after which the aggregate is as if freshly loaded', async () => {
    await using context = await contextOver(new LocalEventStoreDb());
    const sales = context.repository(Sale);
    const sale = await sales.createOrUpdate('s', (each) => each.open(10));
    expect([sale.originalVersion, sale.version, sale.changes]).toEqual([1, 1, []]);
    sale.placeOrder(order('o'));
    await sales.save(sale);
    expect((await sales.find('s')).state).toEqual(sale.state);
  });

  it('stores nothing when nothing happened, or when the change throws', async () => {
    const db = new LocalEventStoreDb();
    await using context = await contextOver(db);
    const sales = context.repository(Sale);
    await sales.createOrUpdate('s', () => undefined);
    await expect(sales.createOrUpdate('s', (sale) => sale.placeOrder(order('o')))).rejects.toThrow('out of stock');
    expect((await db.load('Sale/s', { from: 1, to: 9, limit: 9 })).version).toBe(0);
  });

  it('G4: of two that saved the same version one wins, and update tries again with what is there then', async () => {
    await using context = await contextOver(new LocalEventStoreDb());
    const sales = context.repository(Sale);
    await sales.createOrUpdate('s', (sale) => sale.open(100));
    const [one, other] = [await sales.find('s'), await sales.find('s')];
    one.placeOrder(order('a'));
    other.placeOrder(order('b'));
    await sales.save(one);
    await expect(sales.save(other)).rejects.toMatchObject({
      code: 'ND_CONCURRENCY',
      expectedVersion: 1,
      currentVersion: 2,
    });
    await Promise.all(
      Array.from({ length: 20 }, (_, i) => sales.update('s', (sale) => sale.placeOrder(order(`${i}`)))),
    );
    expect((await sales.find('s')).state.stock).toBe(79);
  });

  it('gives up after the configured number of conflicts', async () => {
    class AlwaysBehind extends LocalEventStoreDb {
      override async append(): Promise<AppendResult> {
        return super.append('Sale/s', crypto.randomUUID(), 999, []);
      }
    }
    await using context = await DomainContext.configure()
      .eventSourcing((c) => c.store(new AlwaysBehind()).bind(Sale).conflictRetries(2))
      .start();
    let tries = 0;
    const update = context.repository(Sale).createOrUpdate('s', (sale) => {
      tries++;
      sale.open(1);
    });
    await expect(update).rejects.toMatchObject({ code: 'ND_CONCURRENCY' });
    expect(tries).toBe(3);
  });

  it('two kinds of aggregates with one id have two streams', async () => {
    class Other extends Aggregate<SaleState, SaleEvents> {
      static readonly State = SaleState;
      open(): void {
        this.on('SaleCreated', { stock: 1 });
      }
    }
    await using context = await DomainContext.configure()
      .logging((c) => c.logger(silentLogger))
      .eventSourcing((c) => c.bind(Sale, Other))
      .start();
    await context.repository(Sale).createOrUpdate('1', (sale) => sale.open(5));
    await context.repository(Other).createOrUpdate('1', (other) => other.open());
    expect((await context.repository(Sale).find('1')).state.stock).toBe(5);
  });
});

describe('snapshots', () => {
  it('save reading: only what came after is loaded', async () => {
    const db = new LocalEventStoreDb();
    const froms: number[] = [];
    const load = db.load.bind(db);
    db.load = (streamId, range) => {
      froms.push(range.from);
      return load(streamId, range);
    };
    await using context = await contextOver(db, new LocalSnapshotStore());
    const sales = context.repository(Sale);
    await sales.createOrUpdate('s', (sale) => sale.open(100));
    for (let i = 0; i < 6; i++) await sales.update('s', (sale) => sale.placeOrder(order(`${i}`)));
    froms.length = 0;
    const sale = await sales.find('s');
    expect(froms).toEqual([6]);
    expect([sale.version, sale.state.stock, sale.state.pending.size]).toEqual([7, 94, 6]);
  });

  it('of another revision, broken, or ahead of the stream are ignored', async () => {
    const snapshots = new LocalSnapshotStore();
    await using context = await contextOver(new LocalEventStoreDb(), snapshots);
    const sales = context.repository(Sale);
    await sales.createOrUpdate('s', (sale) => sale.open(100));
    for (const bad of [
      { version: 1, madeBy: 'r2', data: { stock: 1, pending: new Map() } },
      { version: 9, madeBy: 'r9', data: 'nonsense' },
      { version: 9, madeBy: 'r1', data: { stock: 1, pending: new Map() } },
    ]) {
      await snapshots.save('Sale/s', bad);
      expect((await sales.find('s')).state.stock).toBe(100);
    }
    const failing = new LocalSnapshotStore();
    failing.load = () => Promise.reject(new Error('corrupted'));
    failing.save = () => Promise.reject(new Error('disk full'));
    await using other = await contextOver(new LocalEventStoreDb(), failing);
    const sale = await other.repository(Sale).createOrUpdate('s', (each) => {
      each.open(9);
      for (const id of ['a', 'b', 'c', 'd', 'e']) each.placeOrder(order(id));
    });
    expect(sale.version).toBe(6);
  });
});

describe('the cache', () => {
  it('never hides what others have appended, and never lets one caller change what another gets', async () => {
    const db = new LocalEventStoreDb();
    await using here = await contextOver(db, undefined, 10);
    await using elsewhere = await contextOver(db);
    await here.repository(Sale).createOrUpdate('s', (sale) => sale.open(100));
    await elsewhere.repository(Sale).update('s', (sale) => sale.placeOrder(order('x', 10)));
    const sale = await here.repository(Sale).find('s');
    expect(sale.state.stock).toBe(90);
    sale.placeOrder(order('never saved', 50));
    expect((await here.repository(Sale).find('s')).state.stock).toBe(90);
  });

  it('forgets a State whose update failed', async () => {
    await using context = await contextOver(new LocalEventStoreDb(), undefined, 10);
    const sales = context.repository(Sale);
    await sales.createOrUpdate('s', (sale) => sale.open(5));
    const failing = sales.update('s', (sale) => {
      sale.placeOrder(order('a', 4));
      sale.placeOrder(order('b', 4));
    });
    await expect(failing).rejects.toThrow('out of stock');
    expect((await sales.find('s')).state.stock).toBe(5);
  });
});

describe('the history of events', () => {
  type TodaysEvents = { SaleOpened: { units: number; currency: string } };

  class TodaysState extends State {
    units = 0;
    currency = '';
    onSaleOpened(event: TodaysEvents['SaleOpened']): void {
      this.units = event.units;
      this.currency = event.currency;
    }
  }

  class TodaysSale extends Aggregate<TodaysState, TodaysEvents> {
    static readonly aggregateName = 'Sale';
    static readonly State = TodaysState;
    static readonly history = eventHistory<TodaysEvents>()
      .renamed('SaleCreated', 'SaleOpened')
      .revised('SaleCreated', (old) => ({ units: old['stock'] as number }))
      .revised('SaleOpened', (old) => ({ units: old.units, currency: 'GBP' }));

    reopen(units: number): void {
      this.on('SaleOpened', { units, currency: 'EUR' });
    }
  }

  it('brings old streams into the State of today, and leaves what is stored as it was', async () => {
    const db = new LocalEventStoreDb();
    await using before = await contextOver(db);
    await before.repository(Sale).createOrUpdate('s', (sale) => sale.open(7));
    await using today = await DomainContext.configure()
      .logging((c) => c.logger(silentLogger))
      .eventSourcing((c) => c.store(db).bind(TodaysSale))
      .start();
    const sale = await today.repository(TodaysSale).find('s');
    expect(sale.state).toMatchObject({ units: 7, currency: 'GBP' });
    await today.repository(TodaysSale).update('s', (each) => each.reopen(3));
    const { events } = await db.load('Sale/s', { from: 1, to: 9, limit: 9 });
    expect(events.map(({ name, revision }) => [name, revision])).toEqual([
      ['SaleCreated', 1],
      ['SaleOpened', 2],
    ]);
    expect((await today.repository(TodaysSale).find('s')).state).toMatchObject({ units: 3, currency: 'EUR' });
  });

  it('names stream, version and event when the code that upcasts throws', async () => {
    const db = new LocalEventStoreDb();
    await using before = await contextOver(db);
    await before.repository(Sale).createOrUpdate('s', (sale) => sale.open(7));
    class Failing extends TodaysSale {
      static override readonly history = eventHistory<TodaysEvents>()
        .renamed('SaleCreated', 'SaleOpened')
        .revised('SaleCreated', () => {
          throw new Error('no idea');
        });
    }
    await using today = await DomainContext.configure()
      .eventSourcing((c) => c.store(db).bind(Failing))
      .start();
    await expect(today.repository(Failing).find('s')).rejects.toMatchObject({
      code: 'ND_UPCAST_FAILED',
      streamId: 'Sale/s',
      version: 1,
      eventName: 'SaleCreated',
    });
  });
});
