import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

/** What a consumer is told when it starts. */
export interface ConsumerTask {
  readonly url: string;
  readonly concurrency: number;
  readonly leaseMs: number;
  /** How long a handler takes, in milliseconds; 0: it waits for nothing. */
  readonly handlerMs: number;
  /** Whether it tells the number of each message as it begins and ends, or only how many it has handled. */
  readonly tellsEach: boolean;
}

/** What a consumer tells: how many it has handled since it last said; or the numbers of those begun and ended. */
export interface Told {
  /** It has loaded what it needs, and waits to be told to begin. */
  readonly isReady?: boolean;
  readonly handled: number;
  readonly begun: readonly number[];
  readonly ended: readonly number[];
}

const FORKED = { execArgv: ['--disable-warning=ExperimentalWarning'] };
const FOLDER = path.join(import.meta.dirname, '..', 'sides', 'consumers');

/** A process that works on the queue. */
export class Consumer {
  readonly #process: ChildProcess;
  #isEnding = false;
  handled = 0;
  isReady = false;
  readonly begun = new Set<number>();
  readonly ended: number[] = [];
  /** Called whenever it has told something. */
  onTold: () => void = () => undefined;

  private constructor(child: ChildProcess) {
    this.#process = child;
    // Nobody would ever tell that it is gone.
    child.on('exit', (code) => {
      if (!this.#isEnding) throw new Error(`a consumer ended by itself, with ${code}`);
    });
    child.on('message', ({ isReady = false, handled, begun, ended }: Told) => {
      this.isReady ||= isReady;
      this.handled += handled;
      for (const index of begun) this.begun.add(index);
      this.ended.push(...ended);
      this.onTold();
    });
  }

  /** Starts so many of a module below `sides/consumers`, and lets them begin in the same moment, when all have loaded what they need. */
  static async startAll(count: number, module: string, task: ConsumerTask): Promise<readonly Consumer[]> {
    const crew = Array.from(
      { length: count },
      () => new Consumer(fork(path.join(FOLDER, module), [JSON.stringify(task)], FORKED)),
    );
    await new Promise<void>((resolve) => {
      for (const consumer of crew) consumer.onTold = () => crew.every(({ isReady }) => isReady) && resolve();
    });
    for (const consumer of crew) consumer.#process.send('begin');
    return crew;
  }

  /** Finishes what it has begun, and ends. */
  async stop(): Promise<void> {
    this.#isEnding = true;
    const exited = once(this.#process, 'exit');
    this.#process.send('stop');
    await exited;
  }

  async kill(): Promise<void> {
    this.#isEnding = true;
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await exited;
  }
}
