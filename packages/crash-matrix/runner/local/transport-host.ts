import type {
  DeadLetterReason,
  InboundTransport,
  MessageTransaction,
  QueueFigures,
  ReceiverOptions,
  Transport,
  TransportMessage,
} from '@ndomain/core';

/** A received message on its way to a child. */
export interface Delivery {
  /** Names the transaction for the child's later calls. */
  readonly transaction: number;
  readonly deliveryCount: number;
  readonly message: TransportMessage;
}

/**
 * The parent's end of one child's transport: keeps the receivers and transactions that the child knows by number. When the child is
 * gone they are forgotten, and their leases run out.
 */
export class TransportHost {
  readonly #transport: Transport;
  readonly #receivers = new Map<number, InboundTransport>();
  readonly #requests = new Map<string, AbortController>();
  readonly #transactions = new Map<number, MessageTransaction>();
  #lastTransaction = 0;
  #isGone = false;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  async send(messages: readonly TransportMessage[]): Promise<void> {
    await this.#transport.send(messages);
  }

  figures(endpoint: string): Promise<QueueFigures> {
    return this.#transport.figures(endpoint);
  }

  async receive(
    receiver: number,
    endpoint: string,
    options: ReceiverOptions,
    max: number,
    request: string,
  ): Promise<readonly Delivery[]> {
    if (this.#isGone) return [];
    const inbound = this.#receivers.get(receiver) ?? this.#transport.receiver(endpoint, options);
    this.#receivers.set(receiver, inbound);
    const cancellation = new AbortController();
    this.#requests.set(request, cancellation);
    const received = await inbound.receive(max, cancellation.signal);
    this.#requests.delete(request);
    return received.flatMap((transaction) => this.#delivered(transaction));
  }

  async cancelReceive(request: string): Promise<void> {
    this.#requests.get(request)?.abort();
  }

  async closeReceiver(receiver: number): Promise<void> {
    await this.#receivers.get(receiver)?.close();
    this.#receivers.delete(receiver);
  }

  async end(number: number, method: keyof MessageTransaction, argument: unknown): Promise<void> {
    const transaction = this.#transactions.get(number);
    if (transaction === undefined) throw new Error(`There is no transaction ${number}.`);
    if (method !== 'extend') this.#transactions.delete(number);
    switch (method) {
      case 'commit':
        return transaction.commit();
      case 'fail':
        return transaction.fail(argument as number | undefined);
      case 'release':
        return transaction.release(argument as number | undefined);
      case 'extend':
        return transaction.extend(argument as number);
      case 'deadLetter':
        return transaction.deadLetter(argument as DeadLetterReason);
      default:
        throw new Error(`"${method}" ends no transaction.`);
    }
  }

  /** The child is gone: nobody waits in its name, and what it had in hand is nobody's until its leases are over. */
  gone(): void {
    this.#isGone = true;
    for (const request of this.#requests.values()) request.abort();
    this.#receivers.clear();
    this.#transactions.clear();
  }

  #delivered(transaction: MessageTransaction): Delivery[] {
    const { message } = transaction.read();
    if (message === undefined) return [];
    const number = ++this.#lastTransaction;
    this.#transactions.set(number, transaction);
    return [{ transaction: number, deliveryCount: transaction.deliveryCount, message }];
  }
}
