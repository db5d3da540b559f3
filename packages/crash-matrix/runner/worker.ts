// A process of the crash matrix: handles commands until it is killed, or told to stop. Started by the parent.
import { silentLogger, systemClock } from '@ndomain/core';
import { bankProcess, storesOf, watchedStores } from '@ndomain/testing/crash';
import { Caller } from './local/caller.ts';
import { remoteParts } from './local/remote-parts.ts';
import { openPair, pairNamed } from './pairs.ts';
import { ReportingWatch } from './reporting-watch.ts';
import type { WorkerOrders } from './worker-orders.ts';

const orders = JSON.parse(process.argv[2] ?? '') as WorkerOrders;
const caller = new Caller();
const local = remoteParts(caller);
const services = { clock: systemClock, logger: silentLogger };

// Heard from the first moment on: it may come while this process still starts.
const toldToStop = new Promise<void>((resolve) => {
  caller.onNotice(({ what }) => {
    if (what === 'stop') resolve();
  });
});

const backend = openPair(pairNamed(orders.pair), orders, local);
await backend.open?.(services);
const stores = storesOf(backend, local, services);
const watched = watchedStores(stores, new ReportingWatch(caller, orders.reportRate));
const context = await bankProcess({
  stores: watched,
  witness: local.witness,
  clock: systemClock,
  logger: silentLogger,
  leaseMs: orders.leaseMs,
}).start();

await caller.call('watch', 'ready', []);
await toldToStop;
await stop();

async function stop(): Promise<void> {
  await context.stop();
  if (typeof backend.transport === 'function') await stores.transport[Symbol.asyncDispose]();
  await backend.close?.();
  process.disconnect();
}
