import { once } from 'node:events';
import {
  Agent,
  createServer,
  request as forward,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { buffer } from 'node:stream/consumers';
import { azuriteConnectionString, type AzuritePorts } from '@ndomain/testing/servers';
import { SERVICES, type Service } from './azurite.ts';
import { brokenLimit } from './service-limits.ts';
import { operationOf, type Seen } from './operations.ts';

export type Matches = (seen: Seen) => boolean;

/** What goes wrong with a request. */
export type Fault =
  /** It is not passed on, and the connection breaks. */
  | { readonly kind: 'refuse' }
  /** It is passed on and done, and then the connection breaks: the client cannot know. */
  | { readonly kind: 'loseAnswer' }
  /** It is not passed on; this is the answer. */
  | { readonly kind: 'answer'; readonly status: number; readonly code: string; readonly retryAfterS?: number }
  /** It is neither passed on nor answered, for as long as the client waits. */
  | { readonly kind: 'hang' };

interface Plan {
  readonly matches: Matches;
  readonly fault: Fault;
  left: number;
}

/**
 * Stands between the clients of a test and Azurite: counts what is asked, holds it to the limits of the real service where Azurite is
 * more lenient (`service-limits.ts`), and lets go wrong what a test wants to go wrong.
 */
export class StorageProxy implements AsyncDisposable {
  readonly connectionString: string;
  /** Every request since the start, or since the test cleared it. */
  readonly seen: Seen[] = [];
  /** What the real service would have refused. Answered with its status and code, as there. */
  readonly violations: string[] = [];
  readonly #servers: readonly Server[];
  readonly #agent = new Agent({ keepAlive: true });
  readonly #plans: Plan[] = [];
  /** By how much the service's clock is ahead, as its answers tell, in milliseconds: lets its time go by. */
  aheadMs = 0;
  /** Called before a request is passed on; a test may hold it. */
  beforeForward: ((seen: Seen) => Promise<void>) | undefined;

  private constructor(servers: readonly Server[], ports: AzuritePorts) {
    this.#servers = servers;
    this.connectionString = azuriteConnectionString(ports);
  }

  /** Before the Azurite of a connection string. */
  static async start(connectionString: string): Promise<StorageProxy> {
    const servers = SERVICES.map(() => createServer({ keepAliveTimeout: 60_000 }));
    await Promise.all(servers.map((server) => once(server.listen(0, '127.0.0.1'), 'listening')));
    const [blob = 0, queue = 0, table = 0] = servers.map(portOf);
    const proxy = new StorageProxy(servers, { blob, queue, table });
    for (const [i, service] of SERVICES.entries()) {
      const target = endpointOf(connectionString, service);
      servers[i]?.on('request', (request, response) => void proxy.#handle(service, target, request, response));
    }
    return proxy;
  }

  /** Lets the next `times` requests that match go wrong. */
  fail(matches: Matches, fault: Fault, times = 1): void {
    this.#plans.push({ matches, fault, left: times });
  }

  /** How many requests there were since the last {@link reset}: all, or those of one service or operation. */
  count(service?: Service, operation?: string): number {
    return this.seen.filter(
      (seen) => (service ?? seen.service) === seen.service && (operation ?? seen.operation) === seen.operation,
    ).length;
  }

  /** Forgets what was counted and planned. */
  reset(): void {
    this.seen.length = 0;
    this.#plans.length = 0;
    this.aheadMs = 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#agent.destroy();
    for (const server of this.#servers) {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    }
  }

  async #handle(service: Service, target: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const url = new URL(request.url ?? '', target);
      const { method = 'GET', headers } = request;
      const body = await buffer(request);
      const seen: Seen = { service, operation: operationOf(service, method, url), url, method, headers, body };
      this.seen.push(seen);
      const broken = brokenLimit(seen);
      if (broken !== undefined) {
        this.violations.push(`${service} ${seen.operation}: ${broken.code}: ${broken.problem}`);
        answer(response, seen, broken);
        return;
      }
      const fault = this.#takeFault(seen);
      if (fault?.kind === 'hang') return;
      if (fault?.kind === 'refuse') return void request.socket.destroy();
      if (fault?.kind === 'answer') return answer(response, seen, fault);
      await this.beforeForward?.(seen);
      await this.#pass(seen, target, request, response, fault?.kind === 'loseAnswer');
    } catch {
      // Azurite is gone, or the client is: either way the other side learns by the connection.
      request.socket.destroy();
    }
  }

  #takeFault(seen: Seen): Fault | undefined {
    const plan = this.#plans.find(({ left, matches }) => left > 0 && matches(seen));
    if (plan === undefined) return undefined;
    plan.left--;
    return plan.fault;
  }

  async #pass(
    seen: Seen,
    target: URL,
    request: IncomingMessage,
    response: ServerResponse,
    isLost: boolean,
  ): Promise<void> {
    const { method, headers, body } = seen;
    const passed = forward({
      agent: this.#agent,
      host: target.hostname,
      port: target.port,
      path: request.url,
      method,
      headers,
    });
    passed.end(body);
    const [answered] = (await once(passed, 'response')) as [IncomingMessage];
    const text = await buffer(answered);
    if (isLost) return void request.socket.destroy();
    const { date = '' } = answered.headers;
    if (this.aheadMs !== 0) response.setHeader('date', new Date(Date.parse(date) + this.aheadMs).toUTCString());
    response.writeHead(answered.statusCode ?? 500, this.aheadMs === 0 ? answered.rawHeaders : withoutDate(answered));
    response.end(text);
  }
}

function withoutDate({ rawHeaders }: IncomingMessage): string[] {
  const others: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const [name = '', value = ''] = rawHeaders.slice(i, i + 2);
    if (name.toLowerCase() !== 'date') others.push(name, value);
  }
  return others;
}

/** Requests of one operation, such as `on('table', 'transaction')`. */
export function on(service: Service, operation: string, and: Matches = () => true): Matches {
  return (seen) => seen.service === service && seen.operation === operation && and(seen);
}

/** Errors as the services word them: https://learn.microsoft.com/rest/api/storageservices/status-and-error-codes2 */
function answer(
  response: ServerResponse,
  { service }: Seen,
  { status, code, retryAfterS }: { status: number; code: string; retryAfterS?: number },
): void {
  const isTable = service === 'table';
  response.writeHead(status, {
    'content-type': isTable ? 'application/json' : 'application/xml',
    'x-ms-error-code': code,
    ...(retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) }),
  });
  response.end(
    isTable
      ? JSON.stringify({ 'odata.error': { code, message: { lang: 'en-US', value: `${code} (of the test)` } } })
      : `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${code} (of the test)</Message></Error>`,
  );
}

function endpointOf(connectionString: string, service: Service): URL {
  const found = new RegExp(`${service}Endpoint=([^;]+)`, 'i').exec(connectionString)?.[1];
  if (found === undefined) throw new Error(`no ${service} endpoint in the connection string`);
  return new URL(found);
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
