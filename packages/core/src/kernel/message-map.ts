import type { StandardSchema } from './standard-schema.ts';

/*
 * A message map says which messages there are: its keys are their names, as data, so minifiers and two classes of one name
 * cannot break them. There are three ways to write one, and everything that takes a map takes all of them:
 *
 *   type SaleEvents = { OrderPlaced: { orderId: string } };            // a type: no run-time cost
 *   const SaleEvents = { OrderPlaced: z.object({ … }) };               // validators: payloads are checked where they enter
 *   const SaleEvents = { OrderPlaced: class { constructor(…) {} } };   // classes: instances are sent and come back
 *
 * The last two are named by `typeof SaleEvents` where a type is wanted.
 */

// Constructors are matched by shape alone; `never` parameters accept any of them.
type AnyClass<Instance = object> = abstract new (...parameters: never) => Instance;

/** The payload that one entry of a message map stands for. */
export type PayloadOf<Entry> =
  Entry extends StandardSchema<infer Output> ? Output : Entry extends AnyClass<infer Instance> ? Instance : Entry;

/** The names in a message map. */
export type NameOf<Messages> = keyof Messages & string;

/** The payload of the message `Name`: `PayloadAt<SaleEvents, 'OrderPlaced'>` is `{ orderId: string }`. */
export type PayloadAt<Messages, Name extends NameOf<Messages>> = PayloadOf<Messages[Name]>;

/** A message map that exists at run time: validators or classes. */
export type MessageDefinitions = Readonly<Record<string, StandardSchema | AnyClass>>;

/** The instances that a map of classes describes; `never` for the other kinds of map. */
export type InstanceIn<Messages> = {
  [Name in NameOf<Messages>]: Messages[Name] extends StandardSchema
    ? never
    : Messages[Name] extends AnyClass<infer Instance>
      ? Instance
      : never;
}[NameOf<Messages>];
