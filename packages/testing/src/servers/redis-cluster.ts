import { connect } from 'node:net';
import { eventually } from '../time/eventually.ts';
import { RedisServer, type RedisConfig } from './redis-server.ts';

const SLOTS = 16_384;
const FORM_TIMEOUT_MS = 30_000;
const CONFIG: RedisConfig = {
  'cluster-enabled': 'yes',
  'cluster-node-timeout': '2000',
  'repl-diskless-sync-delay': '0',
};

/** A Redis Cluster of its own: real servers on free ports, which end with this process at the latest. */
export class RedisCluster implements AsyncDisposable {
  /** In the order of their slots. */
  readonly masters: readonly RedisServer[];
  /** The replica of each master, in the same order; empty without replicas. */
  readonly replicas: readonly RedisServer[];

  private constructor(masters: readonly RedisServer[], replicas: readonly RedisServer[]) {
    this.masters = masters;
    this.replicas = replicas;
  }

  /** Starts `masters` servers that share the slots, and as many replicas if asked. Resolves when all of them say that the cluster works. */
  static async start(options: { masters?: number; withReplicas?: boolean; config?: RedisConfig } = {}) {
    const { masters: count = 3, withReplicas = false, config = {} } = options;
    const started = await Promise.allSettled(
      Array.from({ length: withReplicas ? count * 2 : count }, () => RedisServer.start({ ...CONFIG, ...config })),
    );
    const servers = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const cluster = new RedisCluster(servers.slice(0, count), servers.slice(count));
    try {
      for (const result of started)
        if (result.status === 'rejected') throw new Error('A node could not be started.', { cause: result.reason });
      await cluster.#form();
      return cluster;
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Where clients begin. */
  get nodes(): { host: string; port: number }[] {
    return this.masters.map(({ host, port }) => ({ host, port }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.masters, ...this.replicas].map((server) => server[Symbol.asyncDispose]()));
  }

  async #form(): Promise<void> {
    const [first, ...others] = [...this.masters, ...this.replicas];
    if (first === undefined) return;
    for (const [i, { port }] of this.masters.entries()) {
      const from = Math.floor((i * SLOTS) / this.masters.length);
      const to = Math.floor(((i + 1) * SLOTS) / this.masters.length) - 1;
      await command(port, `CLUSTER ADDSLOTSRANGE ${from} ${to}`);
      // Different from the start, so that they need not find out whose is the newer.
      await command(port, `CLUSTER SET-CONFIG-EPOCH ${i + 1}`);
    }
    for (const { port, busPort, host } of others) await command(first.port, `CLUSTER MEET ${host} ${port} ${busPort}`);
    for (const [i, replica] of this.replicas.entries()) {
      const id = await command(this.masters[i]?.port ?? 0, 'CLUSTER MYID');
      await eventually(async () => (await command(replica.port, `CLUSTER REPLICATE ${id}`)) === 'OK', {
        timeoutMs: FORM_TIMEOUT_MS,
      });
    }
    const all = [...this.masters, ...this.replicas];
    await eventually(async () => (await Promise.all(all.map((server) => this.#isFormed(server)))).every(Boolean), {
      timeoutMs: FORM_TIMEOUT_MS,
      everyMs: 50,
    });
  }

  async #isFormed({ port }: RedisServer): Promise<boolean> {
    const info = await command(port, 'CLUSTER INFO');
    const size = this.masters.length + this.replicas.length;
    if (!info.includes('cluster_state:ok') || !info.includes(`cluster_known_nodes:${size}\r`)) return false;
    // Only a replica that has its master's data may take its place.
    const replication = await command(port, 'INFO replication');
    return replication.includes('role:slave')
      ? replication.includes('master_link_status:up')
      : this.replicas.length === 0 || replication.includes('state=online');
  }
}

/** Sends one command and returns its answer as text; an error of Redis is thrown. */
function command(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(`${text}\r\n`));
    socket.setTimeout(2_000, () => socket.destroy(new Error(`no answer to ${text}`)));
    socket.once('error', reject);
    socket.on('data', (data) => {
      answer += data.toString();
      const whole = answerOf(answer);
      if (whole === undefined) return;
      socket.destroy();
      if (answer.startsWith('-')) reject(new Error(`${text}: ${whole}`));
      else resolve(whole);
    });
  });
}

/** An answer in Redis's protocol as text, or nothing while it is not whole: `+OK\r\n`, `-ERR …\r\n`, `:1\r\n`, `$5\r\nhello\r\n`. */
function answerOf(received: string): string | undefined {
  const end = received.indexOf('\r\n');
  if (end < 0) return undefined;
  const line = received.slice(1, end);
  if (!received.startsWith('$')) return line;
  const bytes = Number(line);
  return received.length >= end + 2 + bytes ? received.slice(end + 2, end + 2 + bytes) : undefined;
}
