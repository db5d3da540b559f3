import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { RedisConnection, type RedisGiven, type RedisSettings } from '@ndomain/redis';
import { RedisCluster, RedisServer, type RedisConfig } from '@ndomain/testing/servers';
import { Cluster, Redis } from 'ioredis';
import { afterAll } from 'vitest';
import { grantAccess, USER } from './access.ts';

const ENSURE_REDIS = fileURLToPath(new URL('../../../../scripts/ensure-redis.mjs', import.meta.url));

/** What a test's connections are made of. */
export interface Place {
  readonly name: string;
  /** What to connect to, as a user who may do what the guide says that he needs to, and nothing else. */
  given(): RedisGiven;
  /** Each of its servers, with all rights. */
  readonly servers: readonly string[];
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
  if (url !== undefined && url !== '') return { name: 'one server', given: () => url, servers: [url] };
  const server = await startServer();
  afterAll(() => server[Symbol.asyncDispose]());
  await grantAccess(server.url);
  const options = { host: server.host, port: server.port, ...USER };
  return { name: 'one server', given: () => options, servers: [server.url] };
}

async function sharedCluster(): Promise<Place> {
  const cluster = await startCluster();
  afterAll(() => cluster[Symbol.asyncDispose]());
  const servers = cluster.masters.map(({ url }) => url);
  await Promise.all(servers.map(grantAccess));
  // Never connected itself: it says how to.
  const given = (): Cluster => new Cluster(cluster.nodes, { lazyConnect: true, redisOptions: USER });
  return { name: 'a cluster', given, servers };
}

/** Ends the connections of everybody who listens to channels. */
export async function cutChannels({ servers }: Place): Promise<void> {
  for (const url of servers) {
    const admin = new Redis(url);
    await admin.call('client', 'KILL', 'TYPE', 'pubsub');
    admin.disconnect();
  }
}

/** A prefix that nobody else uses, so that tests share a server and never see each other's keys; one that the guide's user may use. */
export function freshPrefix(): string {
  return `shop:${randomUUID()}`;
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
