import type { IncomingHttpHeaders } from 'node:http';
import type { Service } from './azurite.ts';

/** One request that a client sent: retries are requests too. */
export interface Seen {
  readonly service: Service;
  readonly operation: string;
  readonly url: URL;
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What one request asks a service for: `table transaction`, `queue receive`, `blob put` … */
export function operationOf(service: Service, method: string, url: URL): string {
  return OPERATIONS[service](method, url);
}

const OPERATIONS: Readonly<Record<Service, (method: string, url: URL) => string>> = {
  table: (method, url) => {
    const path = decodeURIComponent(url.pathname).split('/').slice(2).join('/');
    if (path === '$batch') return 'transaction';
    if (path === 'Tables') return method === 'POST' ? 'createTable' : 'listTables';
    if (path.startsWith('Tables(')) return 'deleteTable';
    if (method === 'GET') return path.includes('PartitionKey=') ? 'get' : 'query';
    return { POST: 'insert', PUT: 'replace', PATCH: 'merge', MERGE: 'merge', DELETE: 'delete' }[method] ?? method;
  },
  queue: (method, url) => {
    const [, , , messages, id] = url.pathname.split('/');
    if (messages !== 'messages') {
      if (method === 'PUT') return url.searchParams.has('comp') ? 'setMetadata' : 'createQueue';
      return method === 'DELETE' ? 'deleteQueue' : 'properties';
    }
    if (method === 'GET') return url.searchParams.has('peekonly') ? 'peek' : 'receive';
    if (method === 'DELETE') return id === undefined ? 'clear' : 'delete';
    return method === 'POST' ? 'put' : 'update';
  },
  blob: (method, url) => {
    const comp = url.searchParams.get('comp');
    if (url.searchParams.get('restype') === 'container') {
      if (comp === 'list') return 'list';
      return { PUT: 'createContainer', DELETE: 'deleteContainer' }[method] ?? 'properties';
    }
    if (comp !== null) return comp;
    return { GET: 'get', HEAD: 'properties', PUT: 'put', DELETE: 'delete' }[method] ?? method;
  },
};
