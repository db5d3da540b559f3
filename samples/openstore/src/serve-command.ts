import { once } from 'node:events';
import { startShop, type ShopOptions } from './configure.ts';
import { importOrders } from './import/importer.ts';
import { OrderFile } from './import/order-file.ts';
import { seed } from './seed/seed.ts';
import { UserError } from './user-error.ts';
import { LiveFeed } from './web/live-feed.ts';
import { webServer } from './web/server.ts';

export interface ServeOptions extends ShopOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** An order history to be imported before the shop opens. @default none */
  readonly importFile?: string;
}

/** Units that each imported sale begins with. */
const IMPORTED_STOCK = 500;

/** `openstore serve`: serves the shop until SIGINT or SIGTERM. Throws `UserError` when the port is taken. */
export async function serveCommand({ host, port, importFile, ...shop }: ServeOptions): Promise<void> {
  const history = importFile === undefined ? undefined : await OrderFile.open(importFile);
  const live = new LiveFeed();
  await using context = await startShop({ ...shop, onEvent: live.onEvent });
  const app = await webServer(context, live);
  const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  try {
    await seed(context, new Date());
    if (history !== undefined) {
      const { summary } = await importOrders(context, history, { stock: IMPORTED_STOCK });
      console.log(`${summary.ordersCompleted} orders of ${importFile} are in the books.`);
    }
    console.log(`OpenStore is open at ${await app.listen({ host, port })}  (Ctrl-C stops it)`);
    await stopped;
  } catch (error) {
    throw listenError(error, host, port);
  } finally {
    await app.close();
  }
}

function listenError(error: unknown, host: string, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    return new UserError(`Port ${port} is taken. Choose another: --port ${port === 65_535 ? port - 1 : port + 1}`);
  }
  if (code === 'EACCES') return new UserError(`Port ${port} needs more rights. Choose another: --port 3000`);
  if (code === 'ENOTFOUND' || code === 'EADDRNOTAVAIL') {
    return new UserError(`This machine has no address "${host}". Choose another: --host 127.0.0.1`);
  }
  return error;
}
