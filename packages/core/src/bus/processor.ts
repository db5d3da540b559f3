import type { Clock } from '../kernel/clock.ts';
import { HealthKeeper, type PartHealth } from '../kernel/health.ts';
import type { Lease, Leases } from '../kernel/leases.ts';
import type { Logger } from '../kernel/logger.ts';
import { Meters, type EndpointServices, type HandlerTable } from './endpoint-services.ts';
import { Failures, type OutcomeHooks } from './failures.ts';
import type { ComponentFigures } from './figures.ts';
import type { MessageHandler } from './handling.ts';
import { LateAcknowledgements } from './late-acknowledgements.ts';
import type { MessageBus } from './message-bus.ts';
import { Partitions } from './partitions.ts';
import { Slots } from './slots.ts';
import { Claims, type Claim } from './subscriptions/claims.ts';
import { subscriptionOf, type Subscription } from './subscriptions/subscription.ts';
import type { SubscriptionManager } from './subscriptions/subscription-manager.ts';
import { Throttle } from './throttle.ts';
import type { Transport } from './transport/transport.ts';
import { Worker } from './worker.ts';
import { checkConcurrency, type WorkerOptions } from './worker-options.ts';

export interface ProcessorServices {
  readonly bus: MessageBus;
  readonly transport: Transport;
  readonly subscriptions: SubscriptionManager;
  readonly leases: Leases;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly outcomes: OutcomeHooks;
}

/** A component's handlers, collected before they become a table. */
export interface ComponentHandlers {
  readonly component: string;
  readonly handlers: ReadonlyMap<string, MessageHandler>;
}

/** An endpoint with its handlers and its workers. It can be stopped and started again. */
export class Processor {
  readonly endpoint: string;
  readonly #options: WorkerOptions;
  readonly #services: ProcessorServices;
  readonly #shared: EndpointServices;
  readonly #wanted: readonly Subscription[];
  #running: { stop(): Promise<void> } | undefined;

  constructor(endpoint: string, handlers: HandlerTable, options: WorkerOptions, services: ProcessorServices) {
    this.endpoint = endpoint;
    this.#options = options;
    this.#services = services;
    const { bus, transport, clock, logger } = services;
    const policyFor = (messageName: string): WorkerOptions['recoverability'] =>
      options.recoverabilityFor.get(messageName) ?? options.recoverability;
    const wanted = wantedBy(endpoint, handlers, options);
    this.#wanted = wanted;
    this.#shared = {
      endpoint,
      claims: new Claims(endpoint, wanted, options.retireAfterMs, services),
      subscriptions: services.subscriptions,
      handlers,
      options,
      delaysInHops: transport.capabilities.maxDelayMs < Infinity,
      bus,
      clock,
      logger,
      slots: new Slots(options.concurrency),
      throttle: new Throttle(options.throttle),
      failures: new Failures(endpoint, policyFor, clock, logger, services.outcomes),
      late: new LateAcknowledgements(),
      deadLetters: transport.deadLetters(endpoint),
      meters: new Meters(),
      health: new HealthKeeper(`endpoint ${endpoint}`, clock),
    };
  }

  /** How many messages are handled at the same time. It can be changed while running. Throws `ND_INVALID_OPTION`. */
  get concurrency(): number {
    return this.#shared.slots.limit;
  }

  set concurrency(count: number) {
    checkConcurrency(count);
    this.#shared.slots.limit = count;
  }

  get health(): PartHealth {
    return this.#shared.health.health;
  }

  /** What the living processes of this endpoint handle. */
  claims(): Promise<readonly Claim[]> {
    return this.#shared.claims.list();
  }

  /** What each component has done since the process began. */
  get figures(): readonly ComponentFigures[] {
    return this.#shared.meters.figures;
  }

  /** Tells all processes what this endpoint wants. What is sent from then on waits for it, whether it runs or not. */
  subscribe(): Promise<void> {
    return this.#services.subscriptions.add(this.endpoint, this.#wanted);
  }

  /** Begins to take messages. */
  start(): void {
    if (this.#running !== undefined) return;
    const running = this.#options.ordered ? this.#partitions() : this.#worker();
    this.#shared.claims.start();
    running.start();
    this.#running = running;
  }

  /** G9: see {@link Worker.stop}. */
  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    await Promise.all([running?.stop(), running === undefined ? undefined : this.#shared.claims.stop()]);
    this.#shared.health.stopped();
  }

  #worker(partition?: number, lease?: Lease, isOurs?: () => boolean): Worker {
    const { leaseMs } = this.#options;
    const { transport, leases } = this.#services;
    const isShared = leases.storage !== undefined && leases.storage === transport.storage;
    const { health } = this.#shared;
    const receiving = partition === undefined ? 'receiving' : `receiving ${partition}`;
    const onReceiving = (problem: unknown): void =>
      problem === undefined ? health.works(receiving) : health.fails(receiving, problem);
    const options = { leaseMs, partition, lease: isShared ? lease : undefined, onReceiving };
    return new Worker(transport.receiver(this.endpoint, options), this.#shared, receiving, isOurs);
  }

  #partitions(): Partitions {
    const { partitions, partitionLeaseMs, leaseMs } = this.#options;
    return new Partitions(
      { endpoint: this.endpoint, partitions, partitionLeaseMs, leaseMs },
      this.#services.leases,
      (partition, lease, isOurs) => this.#worker(partition, lease, isOurs),
      this.#shared,
    );
  }
}

function wantedBy(endpoint: string, handlers: HandlerTable, options: WorkerOptions): readonly Subscription[] {
  const partitions = options.ordered ? options.partitions : 0;
  return [...handlers].flatMap(([component, byName]) =>
    [...byName.keys()].map((topic) => subscriptionOf(topic, endpoint, component, partitions)),
  );
}
