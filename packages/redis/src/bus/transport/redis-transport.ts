import {
  InvalidOptionError,
  systemClock,
  type Clock,
  type DeadLetters,
  type InboundTransport,
  type QueueFigures,
  type ReceiverOptions,
  type Transport,
  type TransportMessage,
} from '@ndomain/core';
import type { RedisConnection } from '../../connection/redis-connection.ts';
import type { EndpointKeys } from '../../keys.ts';
import { MAX_MESSAGE_BYTES } from './message-text.ts';
import { readFigures } from './queue-figures.ts';
import { ReceivingEndpoint } from './receiving-endpoint.ts';
import { RedisDeadLetters } from './redis-dead-letters.ts';
import { Sender } from './sender.ts';

const LONGEST_NAME = 200;

/**
 * Queues in Redis, for processes on many machines. A waiting receiver is woken by a send. Each endpoint that is received from has a
 * connection of its own for that, whatever the number of its receivers and partitions; all else shares one.
 *
 * What is written is as durable as the server's settings say. Leases and delays go by the server's time.
 */
export class RedisTransport implements Transport {
  readonly capabilities = { maxMessageBytes: MAX_MESSAGE_BYTES, maxDelayMs: Infinity, delivery: 'push' } as const;
  readonly storage: object;
  readonly #connection: RedisConnection;
  readonly #clock: Clock;
  readonly #sender: Sender;
  readonly #keys = new Map<string, EndpointKeys>();
  readonly #receiving = new Map<string, ReceivingEndpoint>();

  /** The connection is its owner's to close, after this. */
  constructor(connection: RedisConnection, clock: Clock = systemClock) {
    this.#connection = connection;
    this.storage = connection.storage;
    this.#clock = clock;
    this.#sender = new Sender(connection, clock, (endpoint) => this.#keysOf(endpoint));
  }

  async send(messages: readonly TransportMessage[]): Promise<void> {
    if (messages.length > 0) await this.#sender.send(messages);
  }

  receiver(endpoint: string, options: ReceiverOptions): InboundTransport {
    let receiving = this.#receiving.get(endpoint);
    if (receiving === undefined) {
      receiving = new ReceivingEndpoint(this.#connection, this.#clock, endpoint, this.#keysOf(endpoint));
      this.#receiving.set(endpoint, receiving);
    }
    return receiving.receiver(options);
  }

  deadLetters(endpoint: string): DeadLetters {
    return new RedisDeadLetters(this.#connection, endpoint, this.#keysOf(endpoint));
  }

  figures(endpoint: string): Promise<QueueFigures> {
    return readFigures(this.#connection, this.#keysOf(endpoint));
  }

  checkEndpointName(endpoint: string): void {
    if (endpoint.length > 0 && endpoint.length <= LONGEST_NAME) return;
    throw new InvalidOptionError('endpoint', `a name of 1 to ${LONGEST_NAME} characters for Redis`, endpoint);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const receiving of this.#receiving.values()) await receiving.close();
    this.#receiving.clear();
  }

  #keysOf(endpoint: string): EndpointKeys {
    let keys = this.#keys.get(endpoint);
    if (keys === undefined) this.#keys.set(endpoint, (keys = this.#connection.keys.endpoint(endpoint)));
    return keys;
  }
}
