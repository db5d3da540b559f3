import { getAuctions, getSales } from './api.js';
import { startAuctions } from './auctions.js';
import { startBest } from './best.js';
import { startDetail } from './detail.js';
import { startLive } from './live.js';
import { startMember } from './member.js';
import { startOrders } from './orders.js';
import { startSales } from './sales.js';
import { auctions, changed, on, sales } from './store.js';
import { attempt } from './toast.js';

startSales();
startAuctions();
startBest();
startDetail();
on('reload', () => void attempt(load));

await attempt(load);
await startMember();
startOrders();
startLive();

async function load() {
  const [known, running] = await Promise.all([getSales(), getAuctions()]);
  for (const sale of known.sales) sales.set(sale.id, sale);
  for (const auction of running.auctions) auctions.set(auction.id, auction);
  changed('sales');
  changed('auctions');
}
