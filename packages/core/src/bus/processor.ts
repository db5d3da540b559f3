import type { MessageHandler } from './handling.ts';
import { subscriptionOf, type Subscription } from './subscriptions/subscription.ts';
import type { SubscriptionManager } from './subscriptions/subscription-manager.ts';
import type { Transport } from './transport/transport.ts';
import { Worker, type HandlerTable, type WorkerServices } from './worker.ts';
import type { WorkerOptions } from './worker-options.ts';

/** An endpoint with its handlers and its worker. It can be stopped and started again. */
export class Processor {
  readonly endpoint: string;
  readonly #handlers: HandlerTable;
  readonly #transport: Transport;
  readonly #subscriptions: SubscriptionManager;
  readonly #options: WorkerOptions;
  readonly #services: WorkerServices;
  #worker: Worker | undefined;

  constructor(
    endpoint: string,
    handlers: HandlerTable,
    transport: Transport,
    subscriptions: SubscriptionManager,
    options: WorkerOptions,
    services: WorkerServices,
  ) {
    this.endpoint = endpoint;
    this.#handlers = handlers;
    this.#transport = transport;
    this.#subscriptions = subscriptions;
    this.#options = options;
    this.#services = services;
  }

  /** Tells all processes what this endpoint wants. What is sent from then on waits for it, whether it runs or not. */
  subscribe(): Promise<void> {
    return this.#subscriptions.replaceFor(this.endpoint, this.#wanted());
  }

  /** Begins to take messages. */
  start(): void {
    if (this.#worker !== undefined) return;
    const inbound = this.#transport.receiver(this.endpoint, { leaseMs: this.#options.leaseMs });
    this.#worker = new Worker(this.endpoint, this.#handlers, inbound, this.#options, this.#services);
    this.#worker.start();
  }

  /** See {@link Worker.stop}. */
  async stop(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.stop();
  }

  #wanted(): Subscription[] {
    return [...this.#handlers].flatMap(([component, handlers]) =>
      [...handlers.keys()].map((topic) => subscriptionOf(topic, this.endpoint, component)),
    );
  }
}

/** A component's handlers, collected before they become a table. */
export interface ComponentHandlers {
  readonly component: string;
  readonly handlers: ReadonlyMap<string, MessageHandler>;
}
