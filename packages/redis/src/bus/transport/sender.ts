import { UnsupportedError, type Clock, type TransportMessage } from '@ndomain/core';
import type { RedisConnection } from '../../connection/redis-connection.ts';
import type { EndpointKeys } from '../../keys.ts';
import { delayOf } from './delay.ts';
import { bodyOf } from './message-text.ts';
import { SendBatch } from './send-batch.ts';

/** While a call runs nothing else does on the server: a tenth of a second for so many messages, or characters. */
const MOST_COUNT = 100_000;
const MOST_CHARACTERS = 64 * 1_048_576;

/**
 * Writes what came up in one turn of the event loop in one round trip: one call of a script for each endpoint, unless that would become so long
 * that the server stands still for others. What one caller sends to one endpoint is always in one call.
 */
export class Sender {
  readonly #connection: RedisConnection;
  readonly #clock: Clock;
  readonly #keysOf: (endpoint: string) => EndpointKeys;
  #batches: SendBatch[] = [];
  /** The batch of each endpoint that more can join. */
  readonly #open = new Map<string, SendBatch>();

  constructor(connection: RedisConnection, clock: Clock, keysOf: (endpoint: string) => EndpointKeys) {
    this.#connection = connection;
    this.#clock = clock;
    this.#keysOf = keysOf;
  }

  /** Resolves when all are written. Throws `ND_NOT_REPRESENTABLE`, `ND_PAYLOAD_TOO_LARGE`, `ND_UNSUPPORTED`: then nothing is. */
  async send(messages: readonly TransportMessage[]): Promise<void> {
    // Encoding may throw, so all of it comes before the first change.
    const bodies = messages.map(bodyOf);
    checkAmount(bodies);
    const batches = new Map<string, SendBatch>();
    for (const [i, message] of messages.entries()) {
      const { endpoint, partition } = message;
      let batch = batches.get(endpoint);
      if (batch === undefined) batches.set(endpoint, (batch = this.#batch(endpoint)));
      batch.add(partition === undefined ? '' : String(partition), delayOf(message, this.#clock), bodies[i] ?? '');
    }
    for (const [endpoint, batch] of batches) if (batch.isLarge) this.#open.delete(endpoint);
    for (const batch of batches.values()) await batch.written;
  }

  #batch(endpoint: string): SendBatch {
    let batch = this.#open.get(endpoint);
    if (batch !== undefined) return batch;
    if (this.#batches.length === 0) setImmediate(() => void this.#flush());
    batch = new SendBatch(this.#keysOf(endpoint));
    this.#batches.push(batch);
    this.#open.set(endpoint, batch);
    return batch;
  }

  /** Never rejects: those who sent are told. */
  async #flush(): Promise<void> {
    const batches = this.#batches;
    this.#batches = [];
    this.#open.clear();
    const outcomes = await this.#connection.runAll(batches.map((batch) => batch.call()));
    for (const [i, batch] of batches.entries()) {
      const outcome = outcomes[i];
      if (outcome?.status === 'rejected') batch.reject(outcome.reason);
      else batch.resolve(undefined);
    }
  }
}

function checkAmount(bodies: readonly string[]): void {
  let characters = 0;
  for (const body of bodies) characters += body.length;
  if (bodies.length <= MOST_COUNT && characters <= MOST_CHARACTERS) return;
  const what = `send ${bodies.length} messages of ${characters} characters at once`;
  const most = `At most ${MOST_COUNT} messages of ${MOST_CHARACTERS} characters go together`;
  throw new UnsupportedError('Redis', what, `${most}: send them in several calls.`);
}
