import { fork, type ChildProcess } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hostParts, tell } from './local/parts-host.ts';
import type { ParentParts } from './local/local-parts.ts';
import type { WorkerOrders } from './worker-orders.ts';

const PROGRAM = path.join(import.meta.dirname, 'worker.ts');
/** Where Node keeps what it has compiled: a worker then starts in a third of the time. Those that are killed leave nothing there. */
const COMPILE_CACHE = path.join(tmpdir(), 'ndomain-crash-matrix');
/** Far more than stopping takes when nothing is left to do. */
const LONGEST_STOP_MS = 20_000;

/** Decides, when a worker says where it is, whether it dies there. */
export type OnReached = (worker: WorkerProcess, where: string) => boolean;

/** A worker, as its parent sees it. */
export class WorkerProcess {
  /** Resolves when it has begun to work. Rejects when it ends before, and was not killed. */
  readonly ready: Promise<void>;
  /** Resolves when it is gone. Rejects when it went by itself. */
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;
  #isReady = false;
  #isToEnd = false;

  constructor(orders: WorkerOrders, parts: ParentParts, onReached: OnReached) {
    this.#child = fork(PROGRAM, [JSON.stringify(orders)], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      env: { NODE_COMPILE_CACHE: COMPILE_CACHE, ...process.env },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const ready = Promise.withResolvers<void>();
    this.ready = ready.promise;
    this.ended = new Promise((resolve, reject) => {
      this.#child.once('exit', (code, signal) => {
        ready.resolve();
        if (this.#isToEnd && (signal === 'SIGKILL' || code === 0)) resolve();
        else reject(new Error(`A worker ended by itself, with ${signal ?? `code ${code}`}.`));
      });
    });
    this.ended.catch(() => undefined);
    const watch = {
      ready: (): void => {
        this.#isReady = true;
        ready.resolve();
      },
      reached: (where: string): Promise<void> | undefined =>
        // No answer: it stands where it is until the signal has done its work.
        onReached(this, where) ? new Promise(() => undefined) : undefined,
    };
    void hostParts(this.#child, parts, { watch });
  }

  get isReady(): boolean {
    return this.#isReady && !this.#isToEnd;
  }

  kill(): void {
    this.#isToEnd = true;
    this.#child.kill('SIGKILL');
  }

  /** Asks it to stop, as a deployment does (G9). Rejects when it does not. */
  async stop(): Promise<void> {
    this.#isToEnd = true;
    tell(this.#child, { kind: 'notice', what: 'stop', data: 'null' });
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      this.kill();
      late.reject(new Error(`A worker did not stop within ${LONGEST_STOP_MS} ms.`));
    }, LONGEST_STOP_MS);
    try {
      await Promise.race([this.ended, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }
}
