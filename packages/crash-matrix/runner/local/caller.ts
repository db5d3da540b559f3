import { encodeArgs, decodeResult, RemoteError, type FromChild, type Notice, type ToChild } from './wire.ts';

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A child's end of the channel: calls services of the parent, and hears its notices. */
export class Caller {
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Set<(notice: Notice) => void>();
  #lastId = 0;

  constructor() {
    if (process.send === undefined) throw new Error('This program is started by the crash matrix, not by hand.');
    process.on('message', (message: ToChild) => this.#receive(message));
    // Nothing lives longer than the parent.
    process.on('disconnect', () => process.exit());
  }

  call(service: string, method: string, args: readonly unknown[]): Promise<unknown> {
    const id = ++this.#lastId;
    const call: FromChild = { kind: 'call', id, service, method, args: encodeArgs(args) };
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      process.send?.(call);
    });
  }

  onNotice(listener: (notice: Notice) => void): void {
    this.#listeners.add(listener);
  }

  #receive(message: ToChild): void {
    if (message.kind === 'notice') {
      for (const listener of this.#listeners) listener(message);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.kind === 'answer') waiting?.resolve(decodeResult(message.result));
    else waiting?.reject(new RemoteError(message.code, message.message));
  }
}

/** A service of the parent's, of whose seam the child needs these methods. All of them return promises. */
export function remote<T extends object>(caller: Caller, service: string, methods: readonly (keyof T & string)[]): T {
  const entries = methods.map((method) => [
    method,
    (...args: readonly unknown[]) => caller.call(service, method, args),
  ]);
  return Object.fromEntries(entries) as T;
}
