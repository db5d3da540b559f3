import type {
  DeadLetterReason,
  DeadLetters,
  InboundTransport,
  MessageTransaction,
  QueueFigures,
  ReceivedMessage,
  ReceiverOptions,
  Transport,
  TransportCapabilities,
  TransportMessage,
} from '@ndomain/core';
import type { FaultPlan } from './fault-plan.ts';

/**
 * A transport whose calls go wrong as planned. The names in the plan are `send`, `receive`, and of a received message `commit`,
 * `fail`, `release`, `extend` and `deadLetter`. Disposing of it leaves the transport behind it alone.
 */
export class FaultyTransport implements Transport {
  readonly #transport: Transport;
  readonly #plan: FaultPlan;

  constructor(transport: Transport, plan: FaultPlan) {
    this.#transport = transport;
    this.#plan = plan;
  }

  get capabilities(): TransportCapabilities {
    return this.#transport.capabilities;
  }

  send(messages: readonly TransportMessage[]): Promise<void> {
    return this.#plan.run('send', () => this.#transport.send(messages));
  }

  receiver(endpoint: string, options: ReceiverOptions): InboundTransport {
    const inbound = this.#transport.receiver(endpoint, options);
    const plan = this.#plan;
    return {
      async receive(max, signal) {
        // A fault after the receive would lose messages that nobody gives back before their lease is over: that is the point.
        const received = await plan.run('receive', () => inbound.receive(max, signal));
        return received.map((transaction) => new FaultyTransaction(transaction, plan));
      },
      close: () => inbound.close(),
    };
  }

  deadLetters(endpoint: string): DeadLetters {
    return this.#transport.deadLetters(endpoint);
  }

  figures(endpoint: string): Promise<QueueFigures> {
    return this.#transport.figures(endpoint);
  }

  checkEndpointName(endpoint: string): void {
    this.#transport.checkEndpointName(endpoint);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Whoever made the transport disposes of it.
  }
}

class FaultyTransaction implements MessageTransaction {
  readonly #transaction: MessageTransaction;
  readonly #plan: FaultPlan;

  constructor(transaction: MessageTransaction, plan: FaultPlan) {
    this.#transaction = transaction;
    this.#plan = plan;
  }

  get deliveryCount(): number {
    return this.#transaction.deliveryCount;
  }

  read(): ReceivedMessage {
    return this.#transaction.read();
  }

  commit(): Promise<void> {
    return this.#plan.run('commit', () => this.#transaction.commit());
  }

  fail(retryAt?: number): Promise<void> {
    return this.#plan.run('fail', () => this.#transaction.fail(retryAt));
  }

  release(retryAt?: number): Promise<void> {
    return this.#plan.run('release', () => this.#transaction.release(retryAt));
  }

  extend(leaseMs: number): Promise<void> {
    return this.#plan.run('extend', () => this.#transaction.extend(leaseMs));
  }

  deadLetter(reason: DeadLetterReason): Promise<void> {
    return this.#plan.run('deadLetter', () => this.#transaction.deadLetter(reason));
  }
}
