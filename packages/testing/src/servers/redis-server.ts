import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventually } from '../time/eventually.ts';
import { findRedisServer } from './find-redis.ts';
import { freePorts } from './free-port.ts';
import { GuardedProcess } from './guarded-process.ts';

/** Settings as in redis.conf, without the leading `--`: `{ appendonly: 'yes', maxmemory: '32mb' }`. */
export type RedisConfig = Readonly<Record<string, string>>;

/** In memory alone, and no snapshots, unless a test asks for them. */
const QUIET: RedisConfig = { appendonly: 'no', save: '' };
const START_TIMEOUT_MS = 20_000;

/**
 * A real Redis server of its own, on a free port, with its files in a folder that goes away with it. It ends with this process at the latest,
 * also when that is ended by SIGKILL.
 */
export class RedisServer implements AsyncDisposable {
  readonly host = '127.0.0.1';
  readonly port: number;
  /** Of the cluster's own connections, where it is part of one. */
  readonly busPort: number;
  /** Where its files are, until it is disposed of. */
  readonly folder = mkdtempSync(path.join(tmpdir(), 'ndomain-redis-'));
  readonly #config: RedisConfig;
  #process: GuardedProcess | undefined;

  private constructor(port: number, busPort: number, config: RedisConfig) {
    this.port = port;
    this.busPort = busPort;
    this.#config = { ...QUIET, ...config };
  }

  /** Starts a server and resolves when it answers. Throws when there is no redis-server on this machine, saying what to install. */
  static async start(config: RedisConfig = {}): Promise<RedisServer> {
    const [port = 0, busPort = 0] = await freePorts(2);
    const server = new RedisServer(port, busPort, config);
    try {
      await server.resume();
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  get url(): string {
    return `redis://${this.host}:${this.port}`;
  }

  /** The process, for signals: `SIGSTOP` freezes it, `SIGCONT` lets it go on. */
  signal(signal: NodeJS.Signals): void {
    this.#process?.signal(signal);
  }

  /** Ends it by SIGKILL, as a crash does. Its files stay. */
  async kill(): Promise<void> {
    await this.#process?.kill();
    this.#process = undefined;
  }

  /** Starts it again, on the same port and with the same files. Resolves when it answers and has loaded them. */
  async resume(): Promise<void> {
    const settings = { ...this.#config, port: String(this.port), bind: this.host, dir: this.folder };
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, ...argumentsOf(value)]);
    if (this.#config['cluster-enabled'] === 'yes') args.push('--cluster-port', String(this.busPort));
    this.#process = await GuardedProcess.start(this.folder, findRedisServer(), args);
    await eventually(() => this.#answers(), { timeoutMs: START_TIMEOUT_MS });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process?.[Symbol.asyncDispose]();
    this.#process = undefined;
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #answers(): Promise<boolean> {
    const answer = await ask(this.port, 'PING\r\n');
    // With a password it answers too, if only to say so.
    return answer.startsWith('+PONG') || answer.startsWith('-NOAUTH');
  }
}

/** An empty value is an argument of its own; the others are written as in redis.conf. */
function argumentsOf(value: string): string[] {
  return value === '' ? [''] : value.split(' ');
}

/** The first piece of the answer to one command. */
function ask(port: number, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(command));
    socket.setTimeout(1_000, () => socket.destroy(new Error('no answer')));
    socket.once('error', reject);
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data.toString());
    });
  });
}
