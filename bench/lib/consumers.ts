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
  readonly handled: number;
  readonly begun: readonly number[];
  readonly ended: readonly number[];
}

const FOLDER = path.join(import.meta.dirname, '..', 'sides', 'consumers');

/** A process that works on the queue. */
export class Consumer {
  readonly #process: ChildProcess;
  handled = 0;
  readonly begun = new Set<number>();
  readonly ended: number[] = [];
  /** Called whenever it has told something. */
  onTold: () => void = () => undefined;

  private constructor(child: ChildProcess) {
    this.#process = child;
    child.on('message', ({ handled, begun, ended }: Told) => {
      this.handled += handled;
      for (const index of begun) this.begun.add(index);
      this.ended.push(...ended);
      this.onTold();
    });
  }

  /** `module` is below `sides/consumers`. */
  static start(module: string, task: ConsumerTask): Consumer {
    const child = fork(path.join(FOLDER, module), [JSON.stringify(task)], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
    });
    return new Consumer(child);
  }

  /** Finishes what it has begun, and ends. */
  async stop(): Promise<void> {
    const exited = once(this.#process, 'exit');
    this.#process.send('stop');
    await exited;
  }

  async kill(): Promise<void> {
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await exited;
  }
}
