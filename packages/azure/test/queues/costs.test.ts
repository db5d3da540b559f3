import { systemClock, type InboundTransport, type Timer } from '@ndomain/core';
import { eventually, VirtualClock } from '@ndomain/testing';
import { describe, expect, inject, test } from 'vitest';
import { on, type StorageProxy } from '../support/storage-proxy.ts';
import { ENDPOINT, idsOf, large, LEASE_MS, message, take } from './messages.ts';
import { Proxied } from './proxied.ts';

const MINUTE_MS = 60_000;
/** Of three days ago, so that what is due by the virtual clock is due for the service too. */
const START = { startAt: Date.now() - 3 * 24 * 60 * MINUTE_MS };

describe('operations of a queue', () => {
  test('a message costs a send, a delete and 1/32 of a receive', async () => {
    await using at = await Proxied.start(inject('azurite'));
    await at.warmUp(ENDPOINT);
    const ids = Array.from({ length: 320 }, (_, i) => String(i));
    await at.transport.send(ids.map((id) => message(id)));
    const inbound = at.transport.receiver(ENDPOINT, { leaseMs: LEASE_MS });
    const received = await take(inbound, 320);
    await Promise.all(received.map(async (transaction) => transaction.commit()));
    expect(idsOf(received).toSorted()).toEqual(ids.toSorted());
    expect(at.proxy.count('queue')).toBeLessThanOrEqual(320 * (2 + 1 / 32));
    expect([at.proxy.count('table'), at.proxy.count('blob')]).toEqual([0, 0]);
    expect(at.proxy.violations).toEqual([]);
  });

  test('a large one costs a write, a read and a deletion of a blob more', async () => {
    await using at = await Proxied.start(inject('azurite'));
    await at.transport.send([large('0')]);
    await at.transport.receiver(ENDPOINT, { leaseMs: LEASE_MS }).receive(1, new AbortController().signal);
    at.proxy.reset();
    await at.transport.send([large('1')]);
    const [transaction] = await take(at.transport.receiver(ENDPOINT, { leaseMs: LEASE_MS }), 1);
    await transaction?.commit();
    expect(at.proxy.seen.map(({ service, operation }) => `${service} ${operation}`)).toEqual([
      'blob put',
      'queue put',
      'queue receive',
      'blob get',
      'queue delete',
      'blob delete',
    ]);
    expect(at.proxy.violations).toEqual([]);
  });

  test('no more are sent at once than was said', async () => {
    await using at = await Proxied.start(inject('azurite'), { sendsAtOnce: 4 });
    await at.warmUp(ENDPOINT);
    let under = 0;
    let most = 0;
    at.proxy.beforeForward = async () => {
      most = Math.max(most, ++under);
      await new Promise((resolve) => setImmediate(resolve));
      under--;
    };
    await at.transport.send(Array.from({ length: 40 }, (_, i) => message(String(i))));
    expect(most).toBeLessThanOrEqual(4);
    expect(at.proxy.count('queue', 'put')).toBe(40);
  });
});

describe('operations of partitions', () => {
  test('50 messages to four partitions are one transaction; those of one are received by a query and a transaction', async () => {
    await using at = await Proxied.start(inject('azurite'));
    await at.warmUp(ENDPOINT);
    await at.transport.send([message('0', { partition: 0 })]);
    at.proxy.reset();
    await at.transport.send(Array.from({ length: 50 }, (_, i) => message(String(i), { partition: i % 4 })));
    expect(at.proxy.seen.map(({ operation }) => operation)).toEqual(['transaction']);
    at.proxy.reset();
    const received = await take(at.transport.receiver(ENDPOINT, { leaseMs: LEASE_MS, partition: 1 }), 13);
    expect(at.proxy.seen.map(({ operation }) => operation)).toEqual(['query', 'transaction']);
    at.proxy.reset();
    await Promise.all(received.map(async (transaction) => transaction.commit()));
    expect(at.proxy.count()).toBeLessThanOrEqual(13);
    expect(at.proxy.violations).toEqual([]);
  });
});

describe('an idle endpoint', () => {
  test('asks at most four times a minute after five minutes, and at once when this process sends', async () => {
    const clock = new QueueClock(START);
    await using at = await Proxied.start(inject('azurite'), {}, clock);
    const stop = new AbortController();
    const waiting = at.transport.receiver(ENDPOINT, { leaseMs: LEASE_MS }).receive(1, stop.signal);
    await idle(clock, 5 * MINUTE_MS);
    expect(at.proxy.count()).toBeLessThanOrEqual(150);
    at.proxy.reset();
    await idle(clock, 10 * MINUTE_MS);
    expect(at.proxy.count()).toBeLessThanOrEqual(40);
    expect(at.proxy.count()).toBeGreaterThanOrEqual(38);
    // The clock stands still: nothing but the send wakes it.
    await at.transport.send([message('1')]);
    expect(idsOf([...(await waiting)])).toEqual(['1']);
    stop.abort();
  });

  test('looks for a message that this process has delayed when it is due', async () => {
    const clock = new QueueClock(START);
    await using at = await Proxied.start(inject('azurite'), {}, clock);
    const stop = new AbortController();
    const waiting = at.transport.receiver(ENDPOINT, { leaseMs: LEASE_MS }).receive(1, stop.signal);
    await idle(clock, 10 * MINUTE_MS);
    const deliverAt = clock.now() + 2_000;
    await at.transport.send([message('1', { deliverAt })]);
    // The service has hidden it for two seconds of its own time.
    const peeked = async (): Promise<boolean> =>
      (await at.queues.getQueueClient(`${at.prefix}-${ENDPOINT}`).peekMessages()).peekedMessageItems.length > 0;
    await eventually(peeked);
    await clock.advance(3_000);
    expect(idsOf([...(await waiting)])).toEqual(['1']);
    expect(clock.now() - deliverAt).toBeLessThanOrEqual(1_000);
    stop.abort();
  });

  test('of 16 partitions asks four times a minute for all of them, and hears of what others send', async () => {
    const clock = new QueueClock(START);
    await using at = await Proxied.start(inject('azurite'), {}, clock);
    await using other = await Proxied.start(inject('azurite'), {}, clock, at.prefix);
    const stop = new AbortController();
    const receivers = Array.from({ length: 16 }, (_, partition): InboundTransport => {
      return at.transport.receiver(ENDPOINT, { leaseMs: LEASE_MS, partition });
    });
    const waiting = receivers.map((receiver) => receiver.receive(1, stop.signal));
    await settled(at.proxy, 32);
    await idle(clock, 5 * MINUTE_MS);
    at.proxy.reset();
    await idle(clock, 10 * MINUTE_MS);
    expect(at.proxy.count()).toBeLessThanOrEqual(40);
    expect(at.proxy.count('table', 'query')).toBe(at.proxy.count());
    await other.transport.send([message('1', { partition: 11 })]);
    await clock.advance(15_000);
    expect(idsOf([...((await waiting[11]) ?? [])])).toEqual(['1']);
    stop.abort();
    await Promise.all(waiting);
  });

  test('of partitions hears of what others send also when this process sends for later', async () => {
    const clock = new QueueClock(START);
    await using at = await Proxied.start(inject('azurite'), {}, clock);
    await using other = await Proxied.start(inject('azurite'), {}, clock, at.prefix);
    const stop = new AbortController();
    await at.transport.send([message('0', { partition: 0 })]);
    const inbound = at.transport.receiver(ENDPOINT, { leaseMs: 24 * 60 * MINUTE_MS, partition: 0 });
    await take(inbound, 1);
    const waiting = inbound.receive(1, stop.signal);
    await idle(clock, 10 * MINUTE_MS);
    await other.transport.send([message('1', { partition: 0 })]);
    await at.transport.send([message('2', { partition: 0, deliverAt: clock.now() + 60 * MINUTE_MS })]);
    await clock.advance(15_000);
    expect(idsOf([...(await waiting)])).toEqual(['1']);
    stop.abort();
  });
});

/** After so long an answer is missing. Answers come in real time, so this is none of the virtual clock's timers. */
const LATE_MS = 3_000;

class QueueClock extends VirtualClock {
  override schedule(delayMs: number, callback: () => void): Timer {
    if (delayMs === LATE_MS) return systemClock.schedule(delayMs, callback, { background: true });
    return super.schedule(delayMs, callback);
  }
}

/** Lets time pass: each look is waited for before the next one is due. */
async function idle(clock: QueueClock, ms: number): Promise<void> {
  for (const end = clock.now() + ms; clock.now() < end;) {
    await eventually(() => clock.pending > 0);
    // A moment of the time of day may lose the last digits of when the timer is due.
    await clock.advanceTo(Math.min(Math.floor(clock.nextDueAt) + 1, end));
  }
}

/** Waits until so many queries were asked. */
async function settled(proxy: StorageProxy, count: number): Promise<void> {
  await eventually(() => proxy.seen.filter(on('table', 'query')).length >= count);
}
