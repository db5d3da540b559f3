import { consume } from '../../lib/consumer-process.ts';
import { startOurs } from '../../lib/redis-peers.ts';

await consume(async ({ url, concurrency, leaseMs }, handle) => {
  const context = await startOurs(url, concurrency, handle, leaseMs);
  return () => context.stop();
});
