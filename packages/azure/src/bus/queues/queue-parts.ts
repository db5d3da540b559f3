import type { Clock } from '@ndomain/core';
import type { AzureConnection } from '../../connection/azure-connection.ts';
import type { ServiceClock } from '../../connection/service-clock.ts';
import type { AzureDeadLetters } from './azure-dead-letters.ts';
import type { ClaimChecks } from './claim-checks.ts';
import { MessageQueue } from './message-queue.ts';
import type { QueueNames } from './queue-names.ts';
import type { Wakers } from './wakers.ts';

/** What the parts of a transport share. */
export interface QueueParts {
  readonly clock: Clock;
  /** One for all: it knows the better the more answers it has seen. */
  readonly serviceClock: ServiceClock;
  readonly queues: Queues;
  readonly claims: ClaimChecks;
  readonly wakers: Wakers;
  readonly deadLetters: (endpoint: string) => AzureDeadLetters;
}

/** The queues of the endpoints, each made when it is first used. */
export class Queues {
  readonly #connection: AzureConnection;
  readonly #names: QueueNames;
  readonly #clock: Clock;
  readonly #serviceClock: ServiceClock;
  readonly #queues = new Map<string, MessageQueue>();

  constructor(connection: AzureConnection, names: QueueNames, clock: Clock, serviceClock: ServiceClock) {
    this.#connection = connection;
    this.#names = names;
    this.#clock = clock;
    this.#serviceClock = serviceClock;
  }

  /** Throws `ND_INVALID_OPTION` for an endpoint whose name the service refuses. */
  of(endpoint: string): MessageQueue {
    let queue = this.#queues.get(endpoint);
    if (queue === undefined) {
      const resource = this.#connection.queue(this.#names.queue(endpoint), 'recreate');
      queue = new MessageQueue(resource, this.#clock, this.#serviceClock);
      this.#queues.set(endpoint, queue);
    }
    return queue;
  }
}
