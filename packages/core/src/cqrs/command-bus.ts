import type { InstanceIn, NameOf, PayloadAt } from '../kernel/message-map.ts';
import { ConfigurationError } from '../kernel/errors.ts';
import { currentHandling } from '../kernel/message-context.ts';
import type { Outcome, Outcomes, OutcomeWait } from '../outcomes/outcomes.ts';
import type { MessageSender, SendOptions } from './message-sender.ts';

/** The commands of one message map, to be sent. */
export interface CommandSender<Commands> {
  /**
   * Sends a command to whoever handles it. Resolves with the message's id when it is durably queued; within a handler, when it
   * is kept to leave after the handler has succeeded (G2). Throws `ND_INVALID_PAYLOAD`, `ND_NOT_REPRESENTABLE`,
   * `ND_PAYLOAD_TOO_LARGE`, `ND_EFFECT_WITHIN_UPDATE`, `ND_STOPPED`, and `ND_UNROUTED_MESSAGE` where the bus is told to.
   */
  send<Name extends NameOf<Commands>>(
    name: Name,
    payload: PayloadAt<Commands, Name>,
    options?: SendOptions,
  ): Promise<string>;
  send(command: InstanceIn<Commands> & object, options?: SendOptions): Promise<string>;

  /**
   * Sends a command and waits for what becomes of it, at most `timeoutMs` milliseconds (default 30,000); undefined when nothing has by then: it may
   * still be handled, and `context.outcomes.of(id)` tells when `options.id` was given. Throws as `send` does, and `ND_CONFIGURATION` within a handler,
   * which it would wait for.
   */
  sendAndWait<Name extends NameOf<Commands>>(
    name: Name,
    payload: PayloadAt<Commands, Name>,
    options?: SendAndWaitOptions,
  ): Promise<Outcome | undefined>;

  /** Sends several commands together, in one round trip per endpoint. Those for one endpoint arrive in this order. */
  sendAll(commands: readonly CommandItem<Commands>[]): Promise<string[]>;
}

/** How a command is sent and waited for. */
export interface SendAndWaitOptions extends Omit<SendOptions, 'outcome'>, OutcomeWait {}

/** One of several commands sent together. */
export type CommandItem<Commands> = {
  [Name in NameOf<Commands>]: {
    readonly name: Name;
    readonly payload: PayloadAt<Commands, Name>;
    readonly options?: SendOptions | undefined;
  };
}[NameOf<Commands>];

/** Sends commands of any name. `context.commands<SaleCommands>()` is the same thing with types. */
export class CommandBus implements CommandSender<Record<string, unknown>> {
  readonly #sender: MessageSender;
  readonly #outcomes: Outcomes;

  constructor(sender: MessageSender, outcomes: Outcomes) {
    this.#outcomes = outcomes;
    this.#sender = sender;
  }

  send(nameOrCommand: string | object, payloadOrOptions?: unknown, options?: SendOptions): Promise<string> {
    return this.#sender.send(nameOrCommand, payloadOrOptions, options);
  }

  async sendAndWait(
    name: string,
    payload: unknown,
    { timeoutMs, signal, ...options }: SendAndWaitOptions = {},
  ): Promise<Outcome | undefined> {
    if (currentHandling() !== undefined && options.immediately !== true) {
      throw new ConfigurationError(
        `"${name}" was to be sent and waited for within a handler, whose messages leave after it. Send it with { immediately: true }, or react to what it leads to.`,
      );
    }
    const id = await this.#sender.send(name, payload, { ...options, outcome: true });
    return this.#outcomes.of(id, {
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(signal === undefined ? {} : { signal }),
    });
  }

  sendAll(commands: readonly CommandItem<Record<string, unknown>>[]): Promise<string[]> {
    return this.#sender.sendAll(commands);
  }
}
