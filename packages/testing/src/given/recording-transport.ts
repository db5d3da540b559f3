import {
  HEADERS,
  type DeadLetters,
  type InboundTransport,
  type Message,
  type QueueFigures,
  type ReceiverOptions,
  type Transport,
  type TransportCapabilities,
  type TransportMessage,
} from '@ndomain/core';

/** A transport that remembers what was sent over it: each message once, however many subscribe; events of aggregates apart. */
export class RecordingTransport implements Transport {
  readonly #transport: Transport;
  readonly #sent = new Map<string, Message>();

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  get capabilities(): TransportCapabilities {
    return this.#transport.capabilities;
  }

  /** What was sent, but for the events of aggregates: those are in their streams. */
  get sent(): readonly Message[] {
    return [...this.#sent.values()];
  }

  forget(): void {
    this.#sent.clear();
  }

  async send(messages: readonly TransportMessage[]): Promise<void> {
    await this.#transport.send(messages);
    for (const message of messages) {
      if (message.headers[HEADERS.sequenceId] === undefined) this.#sent.set(message.id, message);
    }
  }

  receiver(endpoint: string, options: ReceiverOptions): InboundTransport {
    return this.#transport.receiver(endpoint, options);
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
    await this.#transport[Symbol.asyncDispose]();
  }
}
