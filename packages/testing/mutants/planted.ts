import {
  type AggregateEvent,
  type AppendResult,
  type Clock,
  type InboundTransport,
  LocalEventStoreDb,
  LocalTransport,
  type PromiseOrValue,
  type ReceiverOptions,
  type TransportMessage,
} from '@ndomain/core';

/** Bugs that an adapter could have, and that only show when something else goes wrong. */

/** Takes every append for a new one. */
export class ForgetsTransactions extends LocalEventStoreDb {
  #appends = 0;

  override append(
    streamId: string,
    transactionId: string,
    expectedVersion: number,
    events: readonly AggregateEvent[],
  ): PromiseOrValue<AppendResult> {
    return super.append(streamId, `${transactionId} ${++this.#appends}`, expectedVersion, events);
  }
}

/** Knows of nothing that is left to be published. */
export class ForgetsUncommitted extends LocalEventStoreDb {
  override loadUncommitted(): Promise<readonly AggregateEvent[]> {
    return Promise.resolve([]);
  }
}

/** Loses what a receiver gives back. */
export class LosesReleased extends LocalTransport {
  override receiver(endpoint: string, options: ReceiverOptions): InboundTransport {
    const inbound = super.receiver(endpoint, options);
    return {
      receive: async (max, signal) => {
        const received = await inbound.receive(max, signal);
        for (const transaction of received) transaction.release = async () => transaction.commit();
        return received;
      },
      close: () => inbound.close(),
    };
  }
}

/** Sends the messages of one call one by one, and is not there any more for the last of them now and then. */
export class SendsInPart extends LocalTransport {
  #calls = 0;

  override async send(messages: readonly TransportMessage[]): Promise<void> {
    const isCut = messages.length > 1 && ++this.#calls % 5 === 0;
    await super.send(isCut ? messages.slice(0, -1) : messages);
  }
}

/** Gives what comes back to the end of the queue. */
export class ReturnsToTheEnd extends LocalTransport {
  readonly #clock: Clock;

  constructor(clock: Clock) {
    super(clock);
    this.#clock = clock;
  }

  override receiver(endpoint: string, options: ReceiverOptions): InboundTransport {
    const inbound = super.receiver(endpoint, options);
    const clock = this.#clock;
    return {
      receive: async (max, signal) => {
        const received = await inbound.receive(max, signal);
        for (const transaction of received) {
          const release = transaction.release.bind(transaction);
          transaction.release = () => release(clock.now() + 1);
        }
        return received;
      },
      close: () => inbound.close(),
    };
  }
}

/** Acknowledges what it hands out before anybody has handled it. */
export class AcknowledgesFirst extends LocalTransport {
  override receiver(endpoint: string, options: ReceiverOptions): InboundTransport {
    const inbound = super.receiver(endpoint, options);
    return {
      receive: async (max, signal) => {
        const received = await inbound.receive(max, signal);
        for (const transaction of received) {
          await transaction.commit();
          transaction.commit = () => Promise.resolve();
        }
        return received;
      },
      close: () => inbound.close(),
    };
  }
}

/** Holds every append for published. */
export class CommitsAtOnce extends LocalEventStoreDb {
  override async append(
    streamId: string,
    transactionId: string,
    expectedVersion: number,
    events: readonly AggregateEvent[],
  ): Promise<AppendResult> {
    const result = await super.append(streamId, transactionId, expectedVersion, events);
    await super.commit(streamId, transactionId);
    return result;
  }
}
