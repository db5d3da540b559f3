import type { Clock } from '../kernel/clock.ts';
import type { HealthKeeper } from '../kernel/health.ts';
import type { Logger } from '../kernel/logger.ts';
import type { Failures } from './failures.ts';
import { ComponentMeter, type ComponentFigures } from './figures.ts';
import type { MessageHandler } from './handling.ts';
import type { LateAcknowledgements } from './late-acknowledgements.ts';
import type { MessageBus } from './message-bus.ts';
import type { Slots } from './slots.ts';
import type { Throttle } from './throttle.ts';
import type { Claims } from './subscriptions/claims.ts';
import type { SubscriptionManager } from './subscriptions/subscription-manager.ts';
import type { DeadLetters } from './transport/dead-letters.ts';
import type { WorkerOptions } from './worker-options.ts';

/** The handlers of an endpoint: component → message name → handler. */
export type HandlerTable = ReadonlyMap<string, ReadonlyMap<string, MessageHandler>>;

/** What the workers of one endpoint share. */
export interface EndpointServices {
  readonly endpoint: string;
  readonly handlers: HandlerTable;
  readonly options: WorkerOptions;
  /** Whether the transport cannot keep the longest delays itself, so that a message may come before it is due. */
  readonly delaysInHops: boolean;
  readonly bus: MessageBus;
  readonly subscriptions: SubscriptionManager;
  readonly claims: Claims;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly slots: Slots;
  readonly throttle: Throttle;
  readonly failures: Failures;
  readonly late: LateAcknowledgements;
  readonly deadLetters: DeadLetters;
  readonly meters: Meters;
  readonly health: HealthKeeper;
}

/** A meter for each component. */
export class Meters {
  readonly #meters = new Map<string, ComponentMeter>();

  of(component: string): ComponentMeter {
    let meter = this.#meters.get(component);
    if (meter === undefined) this.#meters.set(component, (meter = new ComponentMeter(component)));
    return meter;
  }

  get figures(): readonly ComponentFigures[] {
    return [...this.#meters.values()].map(({ figures }) => figures);
  }
}
