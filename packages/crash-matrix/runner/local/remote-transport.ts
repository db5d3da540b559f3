import type {
  DeadLetterReason,
  DeadLetters,
  InboundTransport,
  MessageTransaction,
  QueueFigures,
  ReceivedMessage,
  ReceiverOptions,
  Transport,
  TransportMessage,
} from '@ndomain/core';
import { remote, type Caller } from './caller.ts';
import type { Delivery } from './transport-host.ts';

/** The parent's transport, in a child: what `TransportHost` is the other end of. */
export class RemoteTransport implements Transport {
  readonly capabilities = { maxMessageBytes: Infinity, maxDelayMs: Infinity, delivery: 'push' } as const;
  readonly #caller: Caller;
  #receivers = 0;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  async send(messages: readonly TransportMessage[]): Promise<void> {
    await this.#caller.call('transport', 'send', [messages]);
  }

  receiver(endpoint: string, options: ReceiverOptions): InboundTransport {
    return new RemoteReceiver(this.#caller, ++this.#receivers, endpoint, options);
  }

  deadLetters(endpoint: string): DeadLetters {
    const methods = ['count', 'list', 'get', 'keys', 'retry', 'purge'] as const;
    return remote<DeadLetters>(this.#caller, `deadLetters/${endpoint}`, methods);
  }

  async figures(endpoint: string): Promise<QueueFigures> {
    return (await this.#caller.call('transport', 'figures', [endpoint])) as QueueFigures;
  }

  checkEndpointName(): void {
    // The parent takes any.
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // The parent's.
  }
}

class RemoteReceiver implements InboundTransport {
  readonly #caller: Caller;
  readonly #id: number;
  readonly #endpoint: string;
  readonly #options: ReceiverOptions;
  #onReceiving: ReceiverOptions['onReceiving'];
  #requests = 0;

  constructor(caller: Caller, id: number, endpoint: string, options: ReceiverOptions) {
    this.#caller = caller;
    this.#id = id;
    this.#endpoint = endpoint;
    const { onReceiving, ...sent } = options;
    // A function stays here. The parent is there for as long as the child is.
    this.#options = sent;
    this.#onReceiving = onReceiving;
  }

  async receive(max: number, signal: AbortSignal): Promise<readonly MessageTransaction[]> {
    this.#onReceiving?.(undefined);
    this.#onReceiving = undefined;
    const request = `${this.#id}/${++this.#requests}`;
    const cancel = (): void => void this.#caller.call('transport', 'cancelReceive', [request]);
    signal.addEventListener('abort', cancel, { once: true });
    const args = [this.#id, this.#endpoint, this.#options, max, request];
    const deliveries = (await this.#caller.call('transport', 'receive', args)) as readonly Delivery[];
    signal.removeEventListener('abort', cancel);
    const transactions = deliveries.map((delivery) => new RemoteTransaction(this.#caller, delivery));
    if (!signal.aborted) return transactions;
    for (const transaction of transactions.toReversed()) await transaction.release();
    return [];
  }

  async close(): Promise<void> {
    await this.#caller.call('transport', 'closeReceiver', [this.#id]);
  }
}

class RemoteTransaction implements MessageTransaction {
  readonly #caller: Caller;
  readonly #delivery: Delivery;

  constructor(caller: Caller, delivery: Delivery) {
    this.#caller = caller;
    this.#delivery = delivery;
  }

  get deliveryCount(): number {
    return this.#delivery.deliveryCount;
  }

  read(): ReceivedMessage {
    return { message: structuredClone(this.#delivery.message) };
  }

  commit(): Promise<void> {
    return this.#end('commit');
  }

  fail(retryAt?: number): Promise<void> {
    return this.#end('fail', retryAt);
  }

  release(retryAt?: number): Promise<void> {
    return this.#end('release', retryAt);
  }

  extend(leaseMs: number): Promise<void> {
    return this.#end('extend', leaseMs);
  }

  deadLetter(reason: DeadLetterReason): Promise<void> {
    return this.#end('deadLetter', reason);
  }

  async #end(method: keyof MessageTransaction, argument?: unknown): Promise<void> {
    await this.#caller.call('transport', 'end', [this.#delivery.transaction, method, argument]);
  }
}
