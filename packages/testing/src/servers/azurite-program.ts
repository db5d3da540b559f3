/**
 * Azurite, as long as the process that started it lives: also when that one is killed, its end of the pipe closes.
 * `node azurite-program.ts <folder of the package azurite> <arguments of azurite>`
 */
import { once } from 'node:events';
import { createRequire } from 'node:module';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';

type Listener = (request: IncomingMessage, response: ServerResponse) => void;
interface Factory {
  createRequestListener: (this: unknown) => Listener;
}

process.stdin.on('end', () => process.exit()).resume();
const require = createRequire(import.meta.url);
const [folder = ''] = process.argv.splice(2, 1);
const tables = path.join(folder, 'dist/src/table/TableRequestListenerFactory.js');
takeInTurn((require(tables) as { default: { prototype: Factory } }).default.prototype);
// Then it writes its files and closes its services; the pipe would keep it alive.
process.once('SIGTERM', () => process.stdin.destroy());
require(path.join(folder, 'dist/src/azurite.js'));

/**
 * Azurite does a transaction row by row, with other requests in between, and refuses a second one meanwhile ("Transaction Overlap!"). The
 * service does it at once; so here its tables do one request after the other.
 */
function takeInTurn(prototype: Factory): void {
  const create = prototype.createRequestListener;
  prototype.createRequestListener = function createRequestListener(): Listener {
    const listener = create.call(this);
    let last: Promise<unknown> = Promise.resolve();
    return (request, response) => {
      const before = last;
      last = once(response, 'close').catch(() => undefined);
      void before.then(() => listener(request, response));
    };
  };
}
