import assert from 'node:assert/strict';
import {
  Aggregate,
  AggregateDefinition,
  decode,
  DomainContext,
  encode,
  LocalEventStoreDb,
  LocalSnapshotStore,
  silentLogger,
  State,
  type AggregateEvent,
  type Mutates,
} from '@ndomain/core';
import * as fc from 'fast-check';
import { describe, it } from 'vitest';
import { assertSameGraph } from '../support/same-graph.ts';

/** What an event does to the State: puts a value somewhere, or changes what is there as the code of a State can. */
type Step = { readonly at: string; readonly does: string; readonly other: string; readonly value: number };
type MazeEvents = { Stepped: Step };

class Money {
  readonly pence: number;
  constructor(pence: number) {
    this.pence = pence;
  }
  get pounds(): number {
    return this.pence / 100;
  }
}

class Line {
  amount: Money;
  parent: unknown;
  constructor(amount: Money, parent: unknown) {
    this.amount = amount;
    this.parent = parent;
  }
}

const PLACES = ['a', 'b', 'c', '~', '$date', '7', '__proto__'] as const;

type Spot = Record<string, unknown>;

/** What a step can do, each to the place it names; some of it refers to another place. */
const DEEDS: Readonly<Record<string, (state: MazeState, step: Step) => void>> = {
  number: (state, { at, value }) =>
    state.put(at, [value, -0, NaN, Infinity, BigInt(Math.trunc(value))][Math.abs(value) % 5]),
  undefined: (state, { at }) => state.put(at, undefined),
  text: (state, { at, other }) => state.put(at, other),
  date: (state, { at, value }) => state.put(at, new Date(value % 3 === 0 ? NaN : value)),
  object: (state, { at, other, value }) => state.put(at, { [other]: value, x: undefined }),
  bare: (state, { at, other }) => state.put(at, Object.assign(Object.create(null) as object, { [other]: 1 })),
  array: (state, { at, value }) => state.put(at, [value, undefined, null, [], {}]),
  hole: (state, { at, value }) => state.put(at, Object.assign([] as number[], { [Math.abs(value) % 4]: value })),
  bytes: (state, { at, value }) => state.put(at, new Uint8Array([value, value + 1])),
  floats: (state, { at, value }) => state.put(at, new Float64Array([value / 3, -0, NaN])),
  big: (state, { at, value }) => state.put(at, new BigInt64Array([BigInt(value)])),
  buffer: (state, { at, value }) => state.put(at, Buffer.from([value, 255])),
  map: (state, { at, other, value }) =>
    state.put(
      at,
      new Map<unknown, unknown>([
        [other, value],
        [state.get(other), undefined],
        [undefined, state.get(at)],
      ]),
    ),
  set: (state, { at, other, value }) => state.put(at, new Set<unknown>([value, undefined, state.get(other), other])),
  money: (state, { at, value }) => state.put(at, new Money(value)),
  line: (state, { at, other, value }) => state.put(at, new Line(new Money(value), state.get(other))),
  frozen: (state, { at, value }) => state.put(at, Object.freeze([Object.freeze({ value }), new Money(value)])),
  alias: (state, { at, other }) => state.put(at, state.get(other)),
  within: (state, { at, other }) => {
    const target = state.get(other);
    if (typeof target === 'object' && target !== null && Object.isExtensible(target) && !ArrayBuffer.isView(target)) {
      if (Array.isArray(target)) target.push(state.get(at));
      else if (target instanceof Map) target.set(at, state.get(at));
      else if (target instanceof Set) target.add(state.get(at));
      else if (!(target instanceof Date) && !(target instanceof Money)) (target as Spot)['in'] = state.get(at);
    }
  },
  self: (state, { at }) => state.put(at, state),
  field: (state, { other, value }) => ((state as unknown as Spot)[`field${other.length}`] = value),
  remove: (state, { at }) => state.remove(at),
  again: (state) => {
    const { count } = state;
    Reflect.deleteProperty(state, 'count');
    state.count = count;
  },
};

class MazeState extends State implements Mutates<MazeEvents> {
  static readonly classes = { Money, Line };
  count = 0;
  readonly spots: Spot = {};

  get(at: string): unknown {
    return Object.hasOwn(this.spots, at) ? this.spots[at] : undefined;
  }

  put(at: string, value: unknown): void {
    Object.defineProperty(this.spots, at, { value, writable: true, enumerable: true, configurable: true });
  }

  remove(at: string): void {
    Reflect.deleteProperty(this.spots, at);
  }

  onStepped(step: Step): void {
    this.count++;
    DEEDS[step.does]?.(this, step);
  }
}

class Maze extends Aggregate<MazeState, MazeEvents> {
  static readonly State = MazeState;
  step(step: Step): void {
    this.on('Stepped', step);
  }
}

const history = fc.array(
  fc.record({
    at: fc.constantFrom(...PLACES),
    does: fc.constantFrom(...Object.keys(DEEDS)),
    other: fc.constantFrom(...PLACES),
    value: fc.integer({ min: -1_000, max: 1_000 }),
  }),
  { minLength: 1, maxLength: 25 },
);

const definition = new AggregateDefinition(Maze);

function eventsOf(steps: readonly Step[]): AggregateEvent[] {
  return steps.map((payload, i) => ({
    aggregateId: 'a',
    sequenceId: i + 1,
    date: new Date(0),
    name: 'Stepped',
    revision: 1,
    payload: structuredClone(payload),
    transactionId: `t${i}`,
    metadata: {},
  }));
}

describe('A State', () => {
  it('G15 that is kept and goes on equals the fold of its events, in every respect that a decision can see', () => {
    fc.assert(
      fc.property(history, fc.nat(), (steps, at) => {
        const cut = at % (steps.length + 1);
        const events = eventsOf(steps);
        const folded = definition.fromEvents('a', events);
        const { snapshot, unnamedClass } = definition.snapshotOf(
          definition.fromEvents('a', eventsOf(steps).slice(0, cut)),
        );
        assert.equal(unnamedClass, undefined);
        // As a snapshot, through the text in which storages keep it; and as the cache does, twice from one.
        const stored = { ...snapshot, data: decode(encode(snapshot.data)) };
        for (const kept of [stored, snapshot, snapshot]) {
          const goneOn = definition.fromSnapshot('a', kept, eventsOf(steps).slice(cut));
          assert.equal(goneOn?.version, folded.version);
          assertSameGraph(goneOn?.state, folded.state);
        }
      }),
      { numRuns: 6_000 },
    );
  });

  it('G15 is the same from a repository with a cache, with snapshots, with both, and with neither', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (steps) => {
        const states: unknown[] = [];
        for (const [cached, snapped] of [
          [false, false],
          [true, false],
          [false, true],
          [true, true],
        ]) {
          await using context = await DomainContext.configure()
            .eventSourcing((c) => {
              c.store(new LocalEventStoreDb()).bind(Maze);
              if (cached === true) c.cache({ capacity: 1 });
              if (snapped === true) c.snapshots({ every: 2, store: new LocalSnapshotStore() });
            })
            .logging((c) => c.logger(silentLogger))
            .start();
          const mazes = context.repository(Maze);
          for (const step of steps) await mazes.createOrUpdate('a', (maze) => maze.step(step));
          states.push((await mazes.find('a')).state);
        }
        for (const state of states.slice(1)) assertSameGraph(state, states[0]);
      }),
      { numRuns: 300 },
    );
  });
});
