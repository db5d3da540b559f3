import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

// The shell holds one end of a pipe. When this process ends, however it does, the pipe ends, and the shell kills the program and removes its
// folder, unless it was told to keep that.
const GUARD = `folder=$1; shift
"$@" >/dev/null 2>&1 </dev/null & echo $!
read -r word; kill -KILL $! 2>/dev/null; wait
[ "$word" = keep ] || rm -rf "$folder"`;

/** A program that ends with this process at the latest, and its folder with it, also when this one is ended by SIGKILL. */
export class GuardedProcess implements AsyncDisposable {
  readonly pid: number;
  readonly #guard: ChildProcessByStdio<Writable, Readable, null>;

  private constructor(pid: number, guard: ChildProcessByStdio<Writable, Readable, null>) {
    this.pid = pid;
    this.#guard = guard;
    // Somebody else has killed the shell: there is nothing left to be told to it.
    guard.stdin.on('error', () => undefined);
  }

  static async start(folder: string, file: string, args: readonly string[]): Promise<GuardedProcess> {
    const guard = spawn('/bin/sh', ['-c', GUARD, 'sh', folder, file, ...args], { stdio: ['pipe', 'pipe', 'ignore'] });
    for await (const line of createInterface({ input: guard.stdout })) return new GuardedProcess(Number(line), guard);
    throw new Error(`${file} could not be started.`);
  }

  signal(signal: NodeJS.Signals): void {
    try {
      process.kill(this.pid, signal);
    } catch {
      // It has ended already.
    }
  }

  /** Ends it by SIGKILL, and resolves when it has ended. Its folder stays. */
  async kill(): Promise<void> {
    this.#guard.stdin.write('keep\n');
    await this[Symbol.asyncDispose]();
  }

  /** Ends it by SIGKILL, and resolves when it has ended and its folder is gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#guard.exitCode !== null || this.#guard.signalCode !== null) return;
    const ended = once(this.#guard, 'exit');
    this.#guard.stdin.end();
    await ended;
  }
}
