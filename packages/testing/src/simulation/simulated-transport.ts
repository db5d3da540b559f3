import {
  type DeadLetter,
  type DeadLetterReason,
  type DeadLetters,
  type InboundTransport,
  LeaseLostError,
  type MessageTransaction,
  type PromiseOrValue,
  type QueueFigures,
  type ReceivedMessage,
  type ReceiverOptions,
  type Transport,
  type TransportCapabilities,
  type TransportMessage,
} from '@ndomain/core';
import type { SimulatedProcess } from './simulated-process.ts';

/** Why a wait ended. Made once: a reason of its own costs more than the wait. */
const CUT = new Error('the connection was cut');

/** The queues as one process reaches them. */
export class SimulatedTransport implements Transport {
  readonly #transport: Transport;
  readonly #process: SimulatedProcess;

  constructor(transport: Transport, process: SimulatedProcess) {
    this.#transport = transport;
    this.#process = process;
  }

  get capabilities(): TransportCapabilities {
    return this.#transport.capabilities;
  }

  send(messages: readonly TransportMessage[]): Promise<void> {
    return this.#process.run('send', () => this.#transport.send(messages));
  }

  receiver(endpoint: string, options: ReceiverOptions): InboundTransport {
    const isOrdered = options.partition !== undefined;
    return new SimulatedReceiver(endpoint, this.#transport.receiver(endpoint, options), this.#process, isOrdered);
  }

  deadLetters(endpoint: string): DeadLetters {
    return new SimulatedDeadLetters(this.#transport.deadLetters(endpoint), this.#process);
  }

  figures(endpoint: string): Promise<QueueFigures> {
    return this.#process.run('figures', () => this.#transport.figures(endpoint));
  }

  checkEndpointName(endpoint: string): void {
    this.#transport.checkEndpointName(endpoint);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The queues outlive the process.
  }
}

class SimulatedReceiver implements InboundTransport {
  readonly #endpoint: string;
  readonly #inbound: InboundTransport;
  readonly #process: SimulatedProcess;
  readonly #isOrdered: boolean;

  constructor(endpoint: string, inbound: InboundTransport, process: SimulatedProcess, isOrdered: boolean) {
    this.#endpoint = endpoint;
    this.#inbound = inbound;
    this.#process = process;
    this.#isOrdered = isOrdered;
  }

  async receive(max: number, signal: AbortSignal): Promise<readonly MessageTransaction[]> {
    const process = this.#process;
    const connection = new AbortController();
    const cut = (): void => connection.abort(CUT);
    signal.addEventListener('abort', cut, { once: true });
    if (signal.aborted) cut();
    const closed = process.wait(cut);
    // A wait is no call that can go wrong: what comes of it is. What a dead process has taken stays leased until its time is over.
    const received = await this.#inbound.receive(max, connection.signal);
    closed();
    signal.removeEventListener('abort', cut);
    const answered = await process.run(`gets ${received.length} of "${this.#endpoint}"`, () =>
      Promise.resolve(received),
    );
    const inOrder =
      !this.#isOrdered && answered.length > 1 && process.strikes('reorder')
        ? process.host.random.shuffled(answered)
        : answered;
    return inOrder.map((transaction) => new SimulatedTransaction(this.#endpoint, transaction, process));
  }

  close(): Promise<void> {
    return this.#process.run('close', () => this.#inbound.close());
  }
}

class SimulatedTransaction implements MessageTransaction {
  readonly #endpoint: string;
  readonly #transaction: MessageTransaction;
  readonly #process: SimulatedProcess;

  constructor(endpoint: string, transaction: MessageTransaction, process: SimulatedProcess) {
    this.#endpoint = endpoint;
    this.#transaction = transaction;
    this.#process = process;
  }

  get deliveryCount(): number {
    return this.#transaction.deliveryCount;
  }

  read(): ReceivedMessage {
    return this.#transaction.read();
  }

  commit(): Promise<void> {
    return this.#end('commit', () => this.#transaction.commit());
  }

  fail(retryAt?: number): Promise<void> {
    return this.#end('fail', () => this.#transaction.fail(retryAt));
  }

  release(retryAt?: number): Promise<void> {
    return this.#end('release', () => this.#transaction.release(retryAt));
  }

  extend(leaseMs: number): Promise<void> {
    return this.#end('extend', () => this.#transaction.extend(leaseMs));
  }

  deadLetter(reason: DeadLetterReason): Promise<void> {
    return this.#end('deadLetter', () => this.#transaction.deadLetter(reason));
  }

  /** A lease that is lost: the message is back in its queue before the holder knows. */
  #end(method: string, call: () => PromiseOrValue<void>): Promise<void> {
    const isLost = this.#process.strikes('leaseLoss');
    return this.#process.run(isLost ? `${method} [lost]` : method, async () => {
      if (!isLost) return call();
      await this.#transaction.release();
      throw new LeaseLostError(this.#transaction.read().message?.id ?? '', this.#endpoint);
    });
  }
}

class SimulatedDeadLetters implements DeadLetters {
  readonly #letters: DeadLetters;
  readonly #process: SimulatedProcess;

  constructor(letters: DeadLetters, process: SimulatedProcess) {
    this.#letters = letters;
    this.#process = process;
  }

  count(): Promise<number> {
    return this.#process.run('count', () => this.#letters.count());
  }

  list(page: { readonly after?: string | undefined; readonly limit: number }): Promise<readonly DeadLetter[]> {
    return this.#process.run('list', () => this.#letters.list(page));
  }

  get(id: string): Promise<DeadLetter | undefined> {
    return this.#process.run('get', () => this.#letters.get(id));
  }

  keys(): Promise<readonly string[]> {
    return this.#process.run('keys', () => this.#letters.keys());
  }

  retry(ids: readonly string[] | 'all'): Promise<number> {
    return this.#process.run('retry', () => this.#letters.retry(ids));
  }

  purge(ids: readonly string[] | 'all'): Promise<number> {
    return this.#process.run('purge', () => this.#letters.purge(ids));
  }
}
