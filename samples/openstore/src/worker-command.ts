import { once } from 'node:events';
import { startShop, type ShopOptions } from './configure.ts';

/** `openstore worker`: shares the work of a shop that runs elsewhere on the same file and the same Redis, until SIGINT or SIGTERM. */
export async function workerCommand(shop: ShopOptions): Promise<void> {
  const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await using _context = await startShop(shop);
  console.log(`Working on ${shop.db} over ${shop.redis}  (Ctrl-C stops it)`);
  await stopped;
}
