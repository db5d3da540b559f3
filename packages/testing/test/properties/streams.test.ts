import {
  AggregateDefinition,
  DomainContext,
  isNDomainError,
  LocalEventStoreDb,
  silentLogger,
  type Snapshot,
} from '@ndomain/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { append } from '../support/append.ts';
import { Counter } from '../support/counter.ts';

type Step = { readonly kind: 'add'; readonly amount: number } | { readonly kind: 'rename'; readonly name: string };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), amount: fc.integer() }),
  fc.record({ kind: fc.constant('rename' as const), name: fc.string() }),
);
const appends = fc.array(fc.array(step, { minLength: 1, maxLength: 5 }), { maxLength: 12 });

function apply(counter: Counter, steps: readonly Step[]): void {
  for (const each of steps) {
    if (each.kind === 'add') counter.add(each.amount, String(each.amount % 3));
    else counter.rename(each.name);
  }
}

describe('A stream', () => {
  it('G4 G5 has the versions 1 to n without a gap, whatever the interleaving of its writers', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 6 }),
        async (s, sizes) => {
          const db = new LocalEventStoreDb();
          const write = async (writer: number, size: number): Promise<void> => {
            for (;;) {
              const { version } = await s.schedule(Promise.resolve(db.load('Counter/a', { from: 1, to: 1, limit: 1 })));
              try {
                await s.schedule(
                  append(
                    db,
                    'Counter/a',
                    `w${writer}`,
                    version,
                    Array.from({ length: size }, () => writer),
                  ),
                );
                return;
              } catch (error) {
                if (!isNDomainError(error, 'ND_CONCURRENCY')) throw error;
              }
            }
          };
          const writing = Promise.all(sizes.map((size, writer) => write(writer, size)));
          await s.waitFor(writing);
          const total = sizes.reduce((sum, size) => sum + size, 0);
          const { events } = await db.load('Counter/a', { from: 1, to: Infinity, limit: 1_000 });
          expect(events.map(({ sequenceId }) => sequenceId)).toEqual(Array.from({ length: total }, (_, i) => i + 1));
          for (const [writer, size] of sizes.entries()) {
            expect(events.filter(({ transactionId }) => transactionId === `w${writer}`)).toHaveLength(size);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it('folds into the State that the aggregate had when it was saved, with and without cache and snapshots', async () => {
    await fc.assert(
      fc.asyncProperty(appends, async (all) => {
        const db = new LocalEventStoreDb();
        const start = (): Promise<DomainContext> =>
          DomainContext.configure()
            .logging((c) => c.logger(silentLogger))
            .eventSourcing((c) => c.store(db).bind(Counter).snapshots({ every: 3 }).cache({ capacity: 2 }))
            .start();
        await using caching = await start();
        const live = new AggregateDefinition(Counter).create('a');
        for (const steps of all) {
          apply(live, steps);
          const saved = await caching.repository(Counter).createOrUpdate('a', (counter) => apply(counter, steps));
          expect(saved.state).toEqual(live.state);
        }
        await using fresh = await DomainContext.configure()
          .eventSourcing((c) => c.store(db).bind(Counter))
          .start();
        for (const context of [caching, fresh]) {
          const loaded = await context.repository(Counter).findOrDefault('a');
          expect([loaded.version, loaded.state]).toEqual([live.version, live.state]);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('folds into the same State from any snapshot and what follows it', async () => {
    await fc.assert(
      fc.asyncProperty(appends, fc.nat(), async (all, at) => {
        const db = new LocalEventStoreDb();
        await using context = await DomainContext.configure()
          .eventSourcing((c) => c.store(db).bind(Counter))
          .start();
        for (const steps of all)
          await context.repository(Counter).createOrUpdate('a', (counter) => apply(counter, steps));
        const { events } = await db.load('Counter/a', { from: 1, to: Infinity, limit: 1_000 });
        const definition = new AggregateDefinition(Counter);
        const whole = definition.fromEvents('a', events);
        const cut = at % (events.length + 1);
        const snapshot: Snapshot = definition.snapshotOf(definition.fromEvents('a', events.slice(0, cut))).snapshot;
        const rest = definition.fromSnapshot('a', snapshot, events.slice(cut));
        expect([rest?.version, rest?.state]).toEqual([whole.version, whole.state]);
      }),
      { numRuns: 100 },
    );
  });
});
