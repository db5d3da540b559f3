import {
  systemClock,
  type Clock,
  type InboundTransport,
  type QueueFigures,
  type ReceiverOptions,
  type Transport,
  type TransportMessage,
} from '@ndomain/core';
import type { AzureConnection, AzureTable } from '../../connection/azure-connection.ts';
import { ServiceClock } from '../../connection/service-clock.ts';
import { AzureDeadLetters } from './azure-dead-letters.ts';
import { checkedQueuesOptions, type AzureQueuesOptions } from './azure-queues-options.ts';
import { ClaimChecks } from './claim-checks.ts';
import { Lanes } from './lanes/lanes.ts';
import { LONGEST_HIDDEN_S } from './message-queue.ts';
import { MOST_MESSAGE_BYTES, outgoing, type Outgoing } from './outgoing.ts';
import { checkEndpointName, paddedPartition, queueNamesOf } from './queue-names.ts';
import { queueFigures, sumOf } from './queue-figures.ts';
import { Queues, type QueueParts } from './queue-parts.ts';
import { QueueReceiver } from './queue-receiver.ts';
import { QueueSender } from './queue-sender.ts';
import { Wakers } from './wakers.ts';

/**
 * Queues of an Azure Storage account. A message costs two operations on its queue and its share of a receive, which takes up to 32; an idle
 * receiver looks ever more seldom, at last four times a minute, and at once when its own process sends. Messages never expire.
 *
 * Queues keep no order. So the messages of partitions, which ordered endpoints have (G5), are rows of a table: in the order in which they were
 * sent, exactly. Messages of no partition come in about that order, and one that is given back may come behind others.
 */
export class AzureQueueTransport implements Transport {
  readonly capabilities = {
    maxMessageBytes: MOST_MESSAGE_BYTES,
    maxDelayMs: LONGEST_HIDDEN_S * 1_000,
    delivery: 'poll',
  } as const;
  readonly #parts: QueueParts;
  readonly #sender: QueueSender;
  readonly #table: AzureTable;
  readonly #letters = new Map<string, AzureDeadLetters>();
  readonly #lanes = new Map<string, Lanes>();
  readonly #receivers = new Set<InboundTransport>();

  /** Throws `ND_INVALID_OPTION`. */
  constructor(connection: AzureConnection, options: AzureQueuesOptions = {}, clock: Clock = systemClock) {
    const { prefix, sendsAtOnce } = checkedQueuesOptions(options);
    const names = queueNamesOf(prefix);
    this.#table = connection.table(names.table, 'recreate');
    const serviceClock = new ServiceClock(clock);
    this.#parts = {
      clock,
      serviceClock,
      queues: new Queues(connection, names, clock, serviceClock),
      claims: new ClaimChecks(connection.container(names.container, 'recreate')),
      wakers: new Wakers(clock),
      deadLetters: (endpoint) => this.deadLetters(endpoint),
    };
    this.#sender = new QueueSender(this.#parts, sendsAtOnce);
  }

  async send(messages: readonly TransportMessage[]): Promise<void> {
    // All of them before the first leaves: what cannot be sent keeps back the others.
    const ready = messages.map((message) => outgoing(message, this.#parts.clock));
    for (const { message } of ready) checkAddress(message);
    await this.#send(ready, false);
  }

  receiver(endpoint: string, options: ReceiverOptions): InboundTransport {
    const receiver =
      options.partition === undefined
        ? new QueueReceiver(endpoint, options, this.#parts, this.#forget)
        : this.#lanesOf(endpoint).receiver(options.partition, options, this.#forget);
    this.#receivers.add(receiver);
    return receiver;
  }

  deadLetters(endpoint: string): AzureDeadLetters {
    checkEndpointName(endpoint);
    let letters = this.#letters.get(endpoint);
    if (letters === undefined) {
      const sendBack = (messages: readonly Outgoing[]): Promise<void> => this.#send(messages, true);
      letters = new AzureDeadLetters(endpoint, this.#table, this.#parts, sendBack);
      this.#letters.set(endpoint, letters);
    }
    return letters;
  }

  /**
   * Of queues as near as the service can tell: it counts about, tells up to 32 ready messages apart from hidden ones, and of those neither
   * why they are hidden. Of partitions exact.
   */
  async figures(endpoint: string): Promise<QueueFigures> {
    const [queue, lanes, dead] = await Promise.all([
      queueFigures(this.#parts.queues.of(endpoint), this.#parts.serviceClock),
      this.#lanesOf(endpoint).figures(),
      this.deadLetters(endpoint).count(),
    ]);
    return { ...sumOf(queue, lanes), dead };
  }

  checkEndpointName(endpoint: string): void {
    checkEndpointName(endpoint);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#receivers].map((receiver) => receiver.close()));
  }

  readonly #forget = (receiver: InboundTransport): void => {
    this.#receivers.delete(receiver);
  };

  /** Where their place can be kept, `isFirst` puts them before all others. */
  async #send(messages: readonly Outgoing[], isFirst: boolean): Promise<void> {
    const unordered = messages.filter(({ message }) => message.partition === undefined);
    const ordered = Map.groupBy(
      messages.filter(({ message }) => message.partition !== undefined),
      ({ message }) => message.endpoint,
    );
    const sending = [...ordered].map(([endpoint, some]) => this.#lanesOf(endpoint).send(some, isFirst));
    if (unordered.length > 0) sending.push(this.#sender.send(unordered));
    await Promise.all(sending);
  }

  #lanesOf(endpoint: string): Lanes {
    checkEndpointName(endpoint);
    let lanes = this.#lanes.get(endpoint);
    if (lanes === undefined) {
      lanes = new Lanes(endpoint, { ...this.#parts, table: this.#table });
      this.#lanes.set(endpoint, lanes);
    }
    return lanes;
  }
}

function checkAddress({ endpoint, partition }: TransportMessage): void {
  checkEndpointName(endpoint);
  if (partition !== undefined) paddedPartition(partition);
}
