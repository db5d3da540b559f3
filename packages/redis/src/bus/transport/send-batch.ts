import type { ScriptArgument, ScriptCall } from '../../connection/script.ts';
import type { EndpointKeys } from '../../keys.ts';
import { SEND } from './scripts/send-script.ts';

/** Above this, in characters or messages, a batch is sent as it is: while it is written nothing else runs on the server. */
const LARGE_CHARACTERS = 1_048_576;
const LARGE_COUNT = 2_000;
interface QueuePart {
  readonly due: string[];
  /** Delay in milliseconds and body of each. */
  readonly delayed: ScriptArgument[];
}

/** Messages for one endpoint that are written together, or not at all. */
export class SendBatch {
  readonly written: Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly #keys: EndpointKeys;
  readonly #parts = new Map<string, QueuePart>();
  #count = 0;
  #characters = 0;

  constructor(keys: EndpointKeys) {
    this.#keys = keys;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    // Who sends to several endpoints waits for one after the other.
    promise.catch(() => undefined);
    this.written = promise;
    this.resolve = resolve;
    this.reject = reject;
  }

  get isLarge(): boolean {
    return this.#count >= LARGE_COUNT || this.#characters >= LARGE_CHARACTERS;
  }

  add(queue: string, delayMs: number, body: string): void {
    let part = this.#parts.get(queue);
    if (part === undefined) this.#parts.set(queue, (part = { due: [], delayed: [] }));
    if (delayMs > 0) part.delayed.push(delayMs, body);
    else part.due.push(body);
    this.#characters += body.length;
    this.#count++;
  }

  call(): ScriptCall {
    const { counters, signals, partitions } = this.#keys;
    const keys = [counters, signals, partitions];
    const args: ScriptArgument[] = [this.#count];
    for (const [name, { due, delayed }] of this.#parts) {
      const queue = this.#keys.queue(name);
      keys.push(queue.ready, queue.later);
      args.push(name, due.length, delayed.length / 2);
      for (const body of due) args.push(body);
      for (const arg of delayed) args.push(arg);
    }
    return { script: SEND, keys, args };
  }
}
