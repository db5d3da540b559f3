import { consume } from '../../lib/consumer-process.ts';
import { bullWorker } from '../../lib/redis-peers.ts';

/** A lock as long as the lease of the others, and looked after as often: https://docs.bullmq.io/guide/workers/stalled-jobs */
await consume(async ({ url, concurrency, leaseMs }, handle) => {
  const worker = bullWorker(url, concurrency, handle, { lockDuration: leaseMs, stalledInterval: leaseMs });
  await worker.waitUntilReady();
  return () => worker.close();
});
