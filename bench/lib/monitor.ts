import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** `+<time> [<database> <address, or lua>] "<command>" "<argument>" …`: https://redis.io/docs/latest/commands/monitor/ */
const LINE = /^\+[\d.]+ \[\d+ ([^\]]*)\] "(\w+)"(?: "([^"]*)")?/;

/** What a server was asked to do while this was open, by its own account, read as it is written: no client stands in between. */
export class Monitor {
  readonly #asking: Socket;
  readonly #listening: Socket;
  readonly #marks = new Map<string, () => void>();
  #byClients = 0;
  #byScripts = 0;

  private constructor(asking: Socket, listening: Socket) {
    this.#asking = asking;
    this.#listening = listening;
    createInterface({ input: listening }).on('line', (line) => this.#read(line));
  }

  static async start(url: string): Promise<Monitor> {
    const { hostname, port } = new URL(url);
    const [asking, listening] = [connect(Number(port), hostname), connect(Number(port), hostname)];
    await Promise.all([once(asking, 'connect'), once(listening, 'connect')]);
    const monitor = new Monitor(asking.resume(), listening);
    // What is asked before it listens it would never hear of.
    const isListening = once(listening, 'data');
    listening.write('MONITOR\r\n');
    await isListening;
    return monitor;
  }

  /** How many commands there were until now, those of this class left out. */
  async counts(): Promise<{ byClients: number; byScripts: number }> {
    // The server tells of commands in their order: when it tells of this one it has told of all before it.
    const mark = `mark-${this.#marks.size}`;
    const told = new Promise<void>((resolve) => this.#marks.set(mark, resolve));
    this.#asking.write(`ECHO ${mark}\r\n`);
    await told;
    return { byClients: this.#byClients, byScripts: this.#byScripts };
  }

  close(): void {
    this.#asking.destroy();
    this.#listening.destroy();
  }

  #read(line: string): void {
    const [, source, command, argument = ''] = LINE.exec(line) ?? [];
    if (command === undefined) return;
    const mark = this.#marks.get(argument);
    if (mark !== undefined) mark();
    else if (source === 'lua') this.#byScripts++;
    else this.#byClients++;
  }
}
