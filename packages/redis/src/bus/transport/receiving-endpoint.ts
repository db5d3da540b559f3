import type { Clock, InboundTransport, ReceiverOptions } from '@ndomain/core';
import type { RedisConnection } from '../../connection/redis-connection.ts';
import type { EndpointKeys } from '../../keys.ts';
import { fenceOf } from './partition-fence.ts';
import type { Queue } from './queue.ts';
import { RedisReceiver } from './redis-receiver.ts';
import { RoundTrips } from './round-trips.ts';
import { Settler } from './settler.ts';
import { Signals, type SignalsWatcher } from './signals.ts';

/** What the receivers of one endpoint share in this process: the connection that waits, and the round trips. */
export class ReceivingEndpoint {
  readonly #connection: RedisConnection;
  readonly #clock: Clock;
  readonly #endpoint: string;
  readonly #keys: EndpointKeys;
  readonly #roundTrips: RoundTrips;
  readonly #receivers = new Set<RedisReceiver>();
  #signals: Signals | undefined;
  #stopHearingOfLoss: (() => void) | undefined;

  constructor(connection: RedisConnection, clock: Clock, endpoint: string, keys: EndpointKeys) {
    this.#connection = connection;
    this.#clock = clock;
    this.#endpoint = endpoint;
    this.#keys = keys;
    this.#roundTrips = new RoundTrips(connection);
  }

  receiver(options: ReceiverOptions): InboundTransport {
    const name = options.partition === undefined ? '' : String(options.partition);
    const queue: Queue = {
      connection: this.#connection,
      roundTrips: this.#roundTrips,
      clock: this.#clock,
      endpoint: this.#endpoint,
      partition: options.partition,
      name,
      endpointKeys: this.#keys,
      keys: this.#keys.queue(name),
      fence: options.lease === undefined ? undefined : fenceOf(options.lease, this.#endpoint, this.#keys),
    };
    this.#signals ??= new Signals(this.#connection, this.#keys.signals, this.#watcher);
    this.#stopHearingOfLoss ??= this.#connection.onLoss(this.#onLoss);
    const receiver: RedisReceiver = new RedisReceiver(queue, new Settler(queue), this.#signals, options, () =>
      this.#closed(receiver),
    );
    this.#receivers.add(receiver);
    return receiver;
  }

  async close(): Promise<void> {
    for (const receiver of this.#receivers) await receiver.close();
  }

  readonly #watcher: SignalsWatcher = {
    onProblem: (problem) => {
      for (const { report } of this.#receivers) report.fails(problem);
    },
    onHearing: () => {
      for (const { report } of this.#receivers) report.works();
    },
  };

  readonly #onLoss = (problem: unknown): void => {
    this.#watcher.onProblem(problem);
    this.#signals?.doubt();
  };

  /** The connection that waits is closed with the last receiver. */
  #closed(receiver: RedisReceiver): void {
    this.#receivers.delete(receiver);
    if (this.#receivers.size > 0) return;
    this.#signals?.close();
    this.#signals = undefined;
    this.#stopHearingOfLoss?.();
    this.#stopHearingOfLoss = undefined;
  }
}
