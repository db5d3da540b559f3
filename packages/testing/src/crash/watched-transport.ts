import {
  type DeadLetterReason,
  type DeadLetters,
  HEADERS,
  type InboundTransport,
  type MessageTransaction,
  type PromiseOrValue,
  type QueueFigures,
  type ReceivedMessage,
  type ReceiverOptions,
  type Transport,
  type TransportCapabilities,
  type TransportMessage,
} from '@ndomain/core';
import type { StepWatch } from './step-watch.ts';
import { watchedService } from './watched-service.ts';

export interface WatchedTransportOptions {
  /**
   * Sends what goes to several endpoints in one call for each, so that a process can die in between: a transport promises all or
   * nothing for one endpoint only.
   * @default false
   */
  readonly oneEndpointAtATime?: boolean;
}

/**
 * A transport as one process uses it, each of whose calls is a step: `publish` for stored events and `dispatch` for all else that
 * is sent, `receive`, and of a received message `commitMessage`, `failMessage` … Disposing of it leaves the transport behind it alone.
 */
export class WatchedTransport implements Transport {
  readonly #transport: Transport;
  readonly #watch: StepWatch;
  readonly #oneEndpointAtATime: boolean;
  readonly enlist?: NonNullable<Transport['enlist']>;

  constructor(transport: Transport, watch: StepWatch, { oneEndpointAtATime = false }: WatchedTransportOptions = {}) {
    this.#transport = transport;
    this.#watch = watch;
    this.#oneEndpointAtATime = oneEndpointAtATime;
    // Nothing is done before the event store stores its events, which is the step.
    const enlist = transport.enlist?.bind(transport);
    if (enlist !== undefined) this.enlist = enlist;
  }

  get storage(): object | undefined {
    return this.#transport.storage;
  }

  get capabilities(): TransportCapabilities {
    return this.#transport.capabilities;
  }

  send(messages: readonly TransportMessage[]): Promise<void> {
    const isStored = messages.some(({ headers }) => headers[HEADERS.sequenceId] !== undefined);
    const step = { name: isStored ? 'publish' : 'dispatch', on: messages[0]?.endpoint ?? '' };
    const calls = this.#oneEndpointAtATime ? byEndpoint(messages) : [messages];
    return this.#watch.take(step, ...calls.map((each) => () => this.#transport.send(each)));
  }

  receiver(endpoint: string, options: ReceiverOptions): InboundTransport {
    const inbound = this.#transport.receiver(endpoint, options);
    const watch = this.#watch;
    return {
      async receive(max, signal) {
        const untilDeath = AbortSignal.any([signal, watch.death]);
        const step = { name: 'receive', on: endpoint };
        const received = await watch.take(step, () => inbound.receive(max, untilDeath));
        return received.map((transaction) => new WatchedTransaction(transaction, endpoint, watch));
      },
      close: () => watch.take({ name: 'closeReceiver', on: endpoint }, () => inbound.close()),
    };
  }

  deadLetters(endpoint: string): DeadLetters {
    return watchedService(this.#transport.deadLetters(endpoint), 'deadLetters', this.#watch);
  }

  figures(endpoint: string): Promise<QueueFigures> {
    return this.#watch.take({ name: 'figures', on: endpoint }, () => this.#transport.figures(endpoint));
  }

  checkEndpointName(endpoint: string): void {
    this.#transport.checkEndpointName(endpoint);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Whoever made the transport disposes of it.
  }
}

class WatchedTransaction implements MessageTransaction {
  readonly #transaction: MessageTransaction;
  readonly #endpoint: string;
  readonly #watch: StepWatch;

  constructor(transaction: MessageTransaction, endpoint: string, watch: StepWatch) {
    this.#transaction = transaction;
    this.#endpoint = endpoint;
    this.#watch = watch;
  }

  get deliveryCount(): number {
    return this.#transaction.deliveryCount;
  }

  read(): ReceivedMessage {
    return this.#transaction.read();
  }

  commit(): Promise<void> {
    return this.#take('commitMessage', () => this.#transaction.commit());
  }

  fail(retryAt?: number): Promise<void> {
    return this.#take('failMessage', () => this.#transaction.fail(retryAt));
  }

  release(retryAt?: number): Promise<void> {
    return this.#take('releaseMessage', () => this.#transaction.release(retryAt));
  }

  extend(leaseMs: number): Promise<void> {
    return this.#take('extendLease', () => this.#transaction.extend(leaseMs));
  }

  deadLetter(reason: DeadLetterReason): Promise<void> {
    return this.#take('deadLetter', () => this.#transaction.deadLetter(reason));
  }

  #take(name: string, call: () => PromiseOrValue<void>): Promise<void> {
    return this.#watch.take({ name, on: this.#endpoint }, call);
  }
}

function byEndpoint(messages: readonly TransportMessage[]): readonly (readonly TransportMessage[])[] {
  const groups = new Map<string, TransportMessage[]>();
  for (const message of messages) {
    const group = groups.get(message.endpoint);
    if (group === undefined) groups.set(message.endpoint, [message]);
    else group.push(message);
  }
  return [...groups.values()];
}
