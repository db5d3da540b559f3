import type { InstanceIn, NameOf, PayloadAt } from '../kernel/message-map.ts';
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

  /** Sends several commands together, in one round trip per endpoint. Those for one endpoint arrive in this order. */
  sendAll(commands: readonly CommandItem<Commands>[]): Promise<string[]>;
}

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

  constructor(sender: MessageSender) {
    this.#sender = sender;
  }

  send(nameOrCommand: string | object, payloadOrOptions?: unknown, options?: SendOptions): Promise<string> {
    return this.#sender.send(nameOrCommand, payloadOrOptions, options);
  }

  sendAll(commands: readonly CommandItem<Record<string, unknown>>[]): Promise<string[]> {
    return this.#sender.sendAll(commands);
  }
}
