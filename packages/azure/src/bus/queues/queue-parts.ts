import type { Clock } from '@ndomain/core';
import type { AzureConnection } from '../../connection/azure-connection.ts';
import type { AzureDeadLetters } from './azure-dead-letters.ts';
import type { ClaimChecks } from './claim-checks.ts';
import { MessageQueue } from './message-queue.ts';
import type { QueueNames } from './queue-names.ts';
import type { Wakers } from './wakers.ts';

/** What the parts of a transport share. */
export interface QueueParts {
  readonly clock: Clock;
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
  readonly #queues = new Map<string, MessageQueue>();

  constructor(connection: AzureConnection, names: QueueNames, clock: Clock) {
    this.#connection = connection;
    this.#names = names;
    this.#clock = clock;
  }

  /** Throws `ND_INVALID_OPTION` for an endpoint whose name the service refuses. */
  of(endpoint: string): MessageQueue {
    let queue = this.#queues.get(endpoint);
    if (queue === undefined) {
      queue = new MessageQueue(this.#connection.queue(this.#names.queue(endpoint), 'recreate'), this.#clock);
      this.#queues.set(endpoint, queue);
    }
    return queue;
  }
}
