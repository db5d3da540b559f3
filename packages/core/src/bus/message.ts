import { PRINT_HEADER } from '../kernel/message-print.ts';

/** What travels: a name, a payload, and headers about them. */
export interface Message {
  /** Unique for what is said, not for the sending: saying the same thing twice uses one id, and takes effect once (G3). */
  readonly id: string;
  readonly name: string;
  readonly payload: unknown;
  readonly headers: MessageHeaders;
}

/** Texts about a message. Those of this library are listed in {@link HEADERS}; applications add their own. */
export type MessageHeaders = Readonly<Record<string, string>>;

/** A message addressed to one subscription: each subscription gets its own copy (G6). */
export interface TransportMessage extends Message {
  /** The endpoint whose queue it is put into. */
  readonly endpoint: string;
  /** The component, on that endpoint, which is to handle it. */
  readonly component: string;
  /** The part of an ordered endpoint's queue that it belongs to, from 0. Absent where the endpoint is not ordered. */
  readonly partition?: number | undefined;
  /** Not to be delivered before this moment, in milliseconds since the epoch. */
  readonly deliverAt?: number | undefined;
  /**
   * Given where a delay was asked for and not a date: for so many milliseconds. `deliverAt` is then what that came to by the sender's time of
   * day; a transport that can tell passed time from the time of day waits for this long, however the clock is set meanwhile.
   */
  readonly delayMs?: number | undefined;
}

/** The headers that this library writes. They are on the wire: they never change. */
export const HEADERS = {
  /** Id of the message that began the chain. Passed on from message to message. */
  correlationId: 'correlationId',
  /** Id of the message whose handler sent this one. */
  causationId: 'causationId',
  /** What an ordered endpoint orders by (G5). */
  key: 'key',
  /** Of a message whose sender will ask what became of it. Its value means nothing. */
  outcome: 'outcome',
  /** Of a message whose id was chosen by its sender: a digest of the payload. */
  print: PRINT_HEADER,
  /** Of an event: the aggregate's name. */
  aggregateName: 'aggregateName',
  /** Of an event: the aggregate's id. */
  aggregateId: 'aggregateId',
  /** Of an event: its place in the stream, as a decimal number. */
  sequenceId: 'sequenceId',
  /** Of an event: when it happened, in milliseconds since the epoch, as a decimal number. */
  date: 'date',
  /** Of an event: the append that stored it. */
  transactionId: 'transactionId',
  /** Of an event: the revision of its payload, as a decimal number. Absent for 1. */
  revision: 'revision',
} as const;
