import type { RedisConnection } from '../../connection/redis-connection.ts';
import type { ScriptCall } from '../../connection/script.ts';

interface Passenger {
  readonly call: () => ScriptCall;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Calls that come up in one turn of the event loop are sent together. On one server they run in the order in which they came up. */
export class RoundTrips {
  readonly #connection: RedisConnection;
  #passengers: Passenger[] = [];

  constructor(connection: RedisConnection) {
    this.#connection = connection;
  }

  /** Calls a script, as `call` says at the end of this turn. Rejects as {@link RedisConnection.run} does. */
  join(call: () => ScriptCall): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#passengers.length === 0) setImmediate(() => void this.#depart());
      this.#passengers.push({ call, resolve, reject });
    });
  }

  /** Never rejects: each is told of its own. */
  async #depart(): Promise<void> {
    const passengers = this.#passengers;
    this.#passengers = [];
    const outcomes = await this.#connection.runAll(passengers.map(({ call }) => call()));
    for (const [i, { resolve, reject }] of passengers.entries()) {
      const outcome = outcomes[i];
      if (outcome?.status === 'rejected') reject(outcome.reason);
      else resolve(outcome?.value);
    }
  }
}
