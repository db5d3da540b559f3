import type { MessageContext } from '../kernel/message-context.ts';
import type { NameOf, PayloadAt } from '../kernel/message-map.ts';

/**
 * The methods of a handler of commands, so that a missing, mistyped or wrongly typed one does not compile. All of the map, or
 * those named: `implements Handles<SaleCommands, 'PlaceOrder' | 'CancelOrder'>`.
 */
export type Handles<Commands, Names extends NameOf<Commands> = NameOf<Commands>> = {
  [Name in Names as `handle${Name}`]: (command: PayloadAt<Commands, Name>, context: MessageContext) => unknown;
};

/** The same for events: `implements ListensTo<SaleEvents, 'OrderPlaced'>` asks for `onOrderPlaced(event, context)`. */
export type ListensTo<Events, Names extends NameOf<Events> = NameOf<Events>> = {
  [Name in Names as `on${Name}`]: (event: PayloadAt<Events, Name>, context: MessageContext) => unknown;
};

/** A handler as a function. What it returns is awaited and otherwise ignored. */
export type HandlerFunction<Payload> = (payload: Payload, context: MessageContext) => unknown;
