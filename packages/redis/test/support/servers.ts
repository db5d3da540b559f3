import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { RedisConnection, type RedisGiven, type RedisSettings } from '@ndomain/redis';
import { RedisCluster, RedisServer, type RedisConfig } from '@ndomain/testing/servers';
import { Cluster, type Redis } from 'ioredis';
import { afterAll } from 'vitest';

const ENSURE_REDIS = fileURLToPath(new URL('../../../../scripts/ensure-redis.mjs', import.meta.url));

/** What a test's connections are made of. */
export interface Place {
  readonly name: string;
  /** What to connect to. */
  given(): RedisGiven;
}

/** A server of the test's own. Installs one first, where there is none and that is possible. */
export async function startServer(config?: RedisConfig): Promise<RedisServer> {
  ensureRedis();
  return RedisServer.start(config);
}

/** A cluster of the test's own. */
export async function startCluster(options?: Parameters<typeof RedisCluster.start>[0]): Promise<RedisCluster> {
  ensureRedis();
  return RedisCluster.start(options);
}

/** One server and one cluster of three masters, for a test file. With the variable REDIS_URL, the one server is that. */
export async function places(): Promise<readonly Place[]> {
  return Promise.all([sharedServer(), sharedCluster()]);
}

async function sharedServer(): Promise<Place> {
  const url = process.env['REDIS_URL'];
  if (url !== undefined && url !== '') return { name: 'one server', given: () => url };
  const server = await startServer();
  afterAll(() => server[Symbol.asyncDispose]());
  return { name: 'one server', given: () => server.url };
}

async function sharedCluster(): Promise<Place> {
  const cluster = await startCluster();
  afterAll(() => cluster[Symbol.asyncDispose]());
  // Never connected itself: it says how to.
  return { name: 'a cluster', given: () => new Cluster(cluster.nodes, { lazyConnect: true }) };
}

/** Every server behind a client. */
export function nodesOf(client: Redis | Cluster): readonly Redis[] {
  return client instanceof Cluster ? client.nodes() : [client];
}

/** A prefix that nobody else uses: so tests share a server and never see each other's keys. */
export function freshPrefix(): string {
  return `test-${randomUUID()}`;
}

/** One prefix on one server, connected to twice, as two processes are. */
export class TwoConnections implements AsyncDisposable {
  readonly settings: RedisSettings;
  readonly #place: Place;
  readonly #opened: RedisConnection[] = [];
  readonly first: RedisConnection;
  readonly second: RedisConnection;

  constructor(place: Place, settings: RedisSettings = {}) {
    this.#place = place;
    this.settings = { prefix: freshPrefix(), ...settings };
    this.first = this.open();
    this.second = this.open();
  }

  /** A further one, as of another process. */
  open(): RedisConnection {
    const connection = new RedisConnection(this.#place.given(), this.settings);
    this.#opened.push(connection);
    return connection;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const connection of this.#opened) await connection[Symbol.asyncDispose]();
  }
}

/** What a suite's case is given, and the connections that it lives on. */
export interface OnRedis {
  readonly connections: TwoConnections;
}

/** Makes both instances of a part on one new prefix. */
export function onTwo<Part>(
  place: Place,
  make: (connection: RedisConnection) => Part,
): OnRedis & { first: Part; second: Part } {
  const connections = new TwoConnections(place);
  return { connections, first: make(connections.first), second: make(connections.second) };
}

/** The connections of what {@link onTwo} made. */
export function connectionsOf(backend: object): TwoConnections {
  if ('connections' in backend && backend.connections instanceof TwoConnections) return backend.connections;
  throw new Error('not made by onTwo');
}

/** Closes what {@link onTwo} opened. */
export async function closeRedis(backend: object): Promise<void> {
  await connectionsOf(backend)[Symbol.asyncDispose]();
}

function ensureRedis(): void {
  process.env['REDIS_SERVER'] = execFileSync(process.execPath, [ENSURE_REDIS], { encoding: 'utf8' }).trim();
}
