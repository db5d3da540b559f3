import type { DomainContext, ProcessorBuilder } from '@ndomain/core';
import { describe, expect, it } from 'vitest';
import type { CounterCommands } from '../support/counter.ts';
import { World } from '../support/world.ts';

const KEYS = Array.from({ length: 24 }, (_, i) => `key${i}`);

/** Several processes that share one ordered endpoint, and what was handled where. */
class Shop {
  readonly world = new World();
  readonly handled: { who: string; key: string; id: string }[] = [];
  readonly running = new Set<string>();

  process(who: string, handle?: () => Promise<void>): Promise<DomainContext> {
    return this.world.worker((p: ProcessorBuilder) =>
      p
        .endpoint('work')
        .ordered({ partitions: 8, partitionLeaseMs: 3_000 })
        .lease(5_000)
        .commands<CounterCommands>()
        .handle('Work', async ({ id }, { headers }) => {
          const key = headers['key'] ?? '';
          expect(this.running.has(key)).toBe(false);
          this.running.add(key);
          await (handle?.() ?? this.pause(10));
          this.running.delete(key);
          this.handled.push({ who, key, id });
        }),
    );
  }

  async send(context: DomainContext, from: number, to: number): Promise<void> {
    for (let id = from; id <= to; id++) {
      for (const key of KEYS) await context.commands<CounterCommands>().send('Work', { id: String(id) }, { key });
    }
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.world.clock.schedule(ms, resolve));
  }

  /** G5: each key's messages once, in order. */
  expectInOrder(upTo: number): void {
    const expected = Array.from({ length: upTo }, (_, i) => String(i + 1));
    for (const key of KEYS) {
      expect(this.handled.filter((each) => each.key === key).map(({ id }) => id)).toEqual(expected);
    }
  }

  get workers(): string[] {
    return [...new Set(this.handled.map(({ who }) => who))].toSorted();
  }
}

describe('G5 an ordered endpoint that several processes share', () => {
  it('is shared out among them, and each key stays in order', async () => {
    const shop = new Shop();
    const [a, b] = [await shop.process('a'), await shop.process('b')];
    await shop.world.clock.advance(10_000);
    await shop.send(a, 1, 10);
    await shop.world.clock.advance(60_000);
    shop.expectInOrder(10);
    expect(shop.workers).toEqual(['a', 'b']);
    await Promise.all([a.stop(), b.stop()]);
  });

  it('is rebalanced while a process joins and another leaves in the middle of the work', async () => {
    const shop = new Shop();
    const a = await shop.process('a');
    await shop.world.clock.settle();
    await shop.send(a, 1, 5);
    const b = await shop.process('b');
    await shop.world.clock.advance(8_000);
    await shop.send(b, 6, 10);
    const stopped = a.stop();
    await shop.world.clock.advance(20_000);
    await stopped;
    await shop.send(b, 11, 15);
    await shop.world.clock.advance(60_000);
    shop.expectInOrder(15);
    expect(shop.workers).toEqual(['a', 'b']);
    await b.stop();
  });

  it('is taken over from a process that stands still, after its leases, and what it had in hand comes first', async () => {
    const shop = new Shop();
    // It handles nothing to the end, and its renewals never arrive: as good as dead.
    const dead = await shop.process('dead', () => new Promise(() => undefined));
    await shop.world.clock.settle();
    await shop.send(dead, 1, 3);
    await shop.world.clock.settle();
    const leases = shop.world.leases;
    const renew = leases.renew.bind(leases);
    const ofTheDead = new Set((await leases.list('')).map(({ owner }) => owner));
    leases.renew = async (lease, ms) => !ofTheDead.has(lease.owner) && renew(lease, ms);
    leases.acquire = ((acquire) => async (name, owner, ms) => {
      return ofTheDead.has(owner) ? undefined : acquire(name, owner, ms);
    })(leases.acquire.bind(leases));
    shop.running.clear();
    const alive = await shop.process('alive');
    const stopping = dead.stop();
    await shop.world.clock.advance(120_000);
    await stopping;
    shop.expectInOrder(3);
    await alive.stop();
  });

  it('goes on in one process alone with all partitions', async () => {
    const shop = new Shop();
    const only = await shop.process('only');
    await shop.send(only, 1, 4);
    await shop.world.clock.advance(30_000);
    shop.expectInOrder(4);
    await only.stop();
  });
});
