import type { ErrorClass } from '../kernel/domain-error.ts';
import { ConfigurationError } from '../kernel/errors.ts';
import type { NameOf, PayloadAt } from '../kernel/message-map.ts';
import { withDefaults } from '../kernel/options.ts';
import type { MessageHandler } from '../bus/handling.ts';
import { recoverability, type RecoverabilityOptions, type RecoverabilityPolicy } from '../bus/recoverability.ts';
import { THROTTLE_DEFAULTS, type ThrottleOptions } from '../bus/throttle.ts';
import { checkWorkerOptions, WORKER_DEFAULTS, type WorkerOptions } from '../bus/worker-options.ts';
import type { HandlerClass } from '../cqrs/class-handlers.ts';
import type { HandlerFunction } from '../cqrs/handler-types.ts';
import type { ProjectionClass } from '../projections/projection.ts';
import type { RunningContext } from './running-context.ts';

/** Makes a handler; the context gives it the repositories and buses that it needs. */
export type HandlerFactory<Handler extends object> = (context: RunningContext) => Handler;

/** How a registered handler is known. */
export interface HandlerOptions {
  /**
   * Its name on the wire and in its subscriptions. Messages that wait are addressed to it, so it should stay the same.
   * @default the class's static `component`, else its name; for a function, the message's name
   */
  readonly component?: string;
  /**
   * Remembers which messages it has handled, and skips those that come again: for handlers with effects outside of aggregates,
   * which recognise them by themselves (G3).
   * @default false
   */
  readonly inbox?: boolean;
}

export type Registration =
  | { readonly kind: 'instance'; readonly instance: object; readonly options: HandlerOptions }
  | {
      readonly kind: 'class';
      readonly class: HandlerClass;
      /** Absent: the resolver makes it. */
      readonly factory: HandlerFactory<object> | undefined;
      readonly options: HandlerOptions;
    }
  | {
      readonly kind: 'function';
      readonly name: string;
      readonly handler: MessageHandler;
      readonly options: HandlerOptions;
    }
  | { readonly kind: 'projection'; readonly class: ProjectionClass };

export interface ProcessorSettings {
  readonly endpoint: string;
  readonly worker: WorkerOptions;
  readonly registrations: readonly Registration[];
}

/** Registers functions as handlers, typed by a message map. */
export interface FunctionHandlers<Messages> {
  handle<Name extends NameOf<Messages>>(
    name: Name,
    handler: HandlerFunction<PayloadAt<Messages, Name>>,
    options?: HandlerOptions,
  ): this;
}

/** Configures one endpoint: its name, what it handles, and how. */
export class ProcessorBuilder {
  readonly #registrations: Registration[] = [];
  #endpoint: string | undefined;
  #options: Partial<WorkerOptions> = {};

  /** The queue's name, shared by all processes that handle these messages together. */
  endpoint(name: string): this {
    this.#endpoint = name;
    return this;
  }

  /** How many messages are handled at the same time. @default 16 */
  concurrency(count: number): this {
    return this.#with({ concurrency: count });
  }

  /**
   * Handles the messages of one key (given when sending; else the aggregate) one at a time, in order, whichever processes share
   * the endpoint (G5). The number of partitions is how many of them can. @default off; 16 partitions
   */
  ordered({ partitions = WORKER_DEFAULTS.partitions, partitionLeaseMs = WORKER_DEFAULTS.partitionLeaseMs } = {}): this {
    return this.#with({ ordered: true, partitions, partitionLeaseMs });
  }

  /** Aborts a handler's signal after so many milliseconds, and tries the message again. @default 60_000 */
  handlerTimeout(milliseconds: number): this {
    return this.#with({ handlerTimeoutMs: milliseconds });
  }

  /** How long after a crash a message comes back, in milliseconds (G7). @default 30_000 */
  lease(milliseconds: number): this {
    return this.#with({ leaseMs: milliseconds });
  }

  /** How long `stop()` waits for running handlers, in milliseconds (G9). @default 10_000 */
  stopTimeout(milliseconds: number): this {
    return this.#with({ stopTimeoutMs: milliseconds });
  }

  /**
   * What is done about failures (G8): other numbers for the default policy, or a policy of one's own. For all messages of the
   * endpoint, or for those named.
   */
  recoverability(
    given: RecoverabilityPolicy | Partial<RecoverabilityOptions>,
    { messages }: { readonly messages?: readonly string[] } = {},
  ): this {
    const policy = typeof given === 'function' ? given : recoverability(given);
    if (messages === undefined) return this.#with({ recoverability: policy });
    const known = this.#options.recoverabilityFor ?? [];
    return this.#with({ recoverabilityFor: new Map([...known, ...messages.map((name) => [name, policy] as const)]) });
  }

  /**
   * Errors of these classes say no, as a `DomainError` does: a message whose handler throws one is rejected, and has not failed. @default none
   */
  rejectedBy(...classes: readonly ErrorClass[]): this {
    return this.#with({ rejectedBy: classes });
  }

  /**
   * After what time a subscription of this endpoint is retired that no living process claims any more, in milliseconds. What waits for it then goes
   * to the dead letters. @default 86_400_000 (1 day)
   */
  retireAfter(milliseconds: number): this {
    return this.#with({ retireAfterMs: milliseconds });
  }

  /** How often a message may be delivered before it is given up untried: for those that end their process. @default 20 */
  maxDeliveries(count: number): this {
    return this.#with({ maxDeliveries: count });
  }

  /** When the endpoint slows down because everything fails. @default after 25 failures in a row, to one message a second */
  throttle(options: Partial<ThrottleOptions>): this {
    return this.#with({ throttle: withDefaults(THROTTLE_DEFAULTS, options) });
  }

  /** How long `{ inbox: true }` handlers remember what they have handled, in milliseconds. @default 604_800_000 (7 days) */
  inbox(milliseconds: number): this {
    return this.#with({ inboxMs: milliseconds });
  }

  /**
   * Registers a handler: an instance; a class with a function that makes it; or a class alone, which the resolver makes. Its
   * `handle<Command>` and `on<Event>` methods are found by their names when the context starts.
   */
  registerHandler<Handler extends object>(
    handlerClass: HandlerClass<Handler>,
    factory?: HandlerFactory<Handler>,
    options?: HandlerOptions,
  ): this;
  registerHandler(instance: object, options?: HandlerOptions): this;
  registerHandler(
    handler: object | HandlerClass,
    factoryOrOptions?: HandlerFactory<object> | HandlerOptions,
    options: HandlerOptions = {},
  ): this {
    if (typeof handler === 'function') {
      const factory = typeof factoryOrOptions === 'function' ? factoryOrOptions : undefined;
      this.#registrations.push({ kind: 'class', class: handler as HandlerClass, factory, options });
    } else {
      const given = typeof factoryOrOptions === 'function' ? {} : (factoryOrOptions ?? {});
      this.#registrations.push({ kind: 'instance', instance: handler, options: given });
    }
    return this;
  }

  /** Registers a projection, which keeps its views up to date from this endpoint. */
  registerProjection(projection: ProjectionClass): this {
    this.#registrations.push({ kind: 'projection', class: projection });
    return this;
  }

  /** Registers functions: `p.commands<SaleCommands>().handle('PlaceOrder', async (command, context) => { … })`. */
  commands<Commands>(): FunctionHandlers<Commands> {
    return this.#functions<Commands>();
  }

  /** The same for events. */
  events<Events>(): FunctionHandlers<Events> {
    return this.#functions<Events>();
  }

  /** What was configured. Throws `ND_CONFIGURATION` and `ND_INVALID_OPTION`. */
  build(): ProcessorSettings {
    if (this.#endpoint === undefined || this.#endpoint === '') {
      throw new ConfigurationError("A processor has no endpoint. Name it: .withProcessor(p => p.endpoint('sales') …)");
    }
    if (this.#registrations.length === 0) {
      throw new ConfigurationError(
        `The endpoint "${this.#endpoint}" handles nothing. Add a handler: p.registerHandler(new SaleCommandHandler(…))`,
      );
    }
    const worker = withDefaults(WORKER_DEFAULTS, this.#options);
    checkWorkerOptions(worker);
    return { endpoint: this.#endpoint, worker, registrations: this.#registrations };
  }

  #functions<Messages>(): FunctionHandlers<Messages> {
    const registrations = this.#registrations;
    return {
      handle(name, handler, options = {}) {
        registrations.push({ kind: 'function', name, handler: handler as MessageHandler, options });
        return this;
      },
    };
  }

  #with(options: Partial<WorkerOptions>): this {
    this.#options = { ...this.#options, ...options };
    return this;
  }
}
