import type { EnlistedSend } from '../../kernel/enlisted-send.ts';
import type { Lease } from '../../kernel/leases.ts';
import type { PromiseOrValue } from '../../kernel/promise-or-value.ts';
import type { TransportMessage } from '../message.ts';
import type { DeadLetterReason, DeadLetters } from './dead-letters.ts';

/**
 * The seam that a queue technology implements: named queues from which messages are leased. Nothing here is about
 * handlers, retries, timeouts or order: the worker does that, once, for every transport.
 *
 * An implementation guarantees:
 * - *Durable*: a resolved promise means that what it stands for survives (as far as the backend's settings promise).
 * - *Leased* (G7): a received message is invisible for `leaseMs`; unless it is committed, failed or released by then, it is
 *   delivered again, to anybody.
 * - *Counted*: `deliveryCount` is kept outside of the process and raised when a message is received, so crashes count.
 * - *No aliasing*: a receiver gets a copy of its own, also when the same message is delivered again.
 *
 * What need not wait may return, or throw, at once where a {@link PromiseOrValue} is asked for.
 */
export interface Transport extends AsyncDisposable {
  readonly capabilities: TransportCapabilities;

  /** What the messages are stored in: the same object as that of an event storage, or of leases, that are kept in the same place. */
  readonly storage?: object | undefined;

  /**
   * Makes messages ready to be sent within the transaction of an event storage that names the same `storage`. Throws as `send` does.
   * Absent where events and messages cannot share a transaction.
   */
  enlist?(messages: readonly TransportMessage[]): EnlistedSend;

  /**
   * Puts messages into the queues of their endpoints, also of endpoints that nobody has opened yet. Messages of one call for
   * one endpoint are received in the order given. All or nothing per endpoint. Throws `ND_NOT_REPRESENTABLE`,
   * `ND_PAYLOAD_TOO_LARGE`.
   */
  send(messages: readonly TransportMessage[]): PromiseOrValue<void>;

  /** Opens an endpoint for receiving. Several receivers, here and in other processes, compete for its messages. */
  receiver(endpoint: string, options: ReceiverOptions): InboundTransport;

  /** The endpoint's messages that were given up on. */
  deadLetters(endpoint: string): DeadLetters;

  /** How many messages an endpoint has. Exact in process; elsewhere as fresh as the backend can tell. */
  figures(endpoint: string): Promise<QueueFigures>;

  /** Throws `ND_INVALID_OPTION`, quoting the rule, for an endpoint name that the backend refuses. */
  checkEndpointName(endpoint: string): void;
}

export interface TransportCapabilities {
  /** The longest encoded message, in bytes. `Infinity` when there is no limit. */
  readonly maxMessageBytes: number;
  /** The longest delay that the backend itself can keep, in milliseconds. Longer ones are done in hops. */
  readonly maxDelayMs: number;
  /** Whether a waiting receiver is woken by a send, or looks from time to time. */
  readonly delivery: 'push' | 'poll';
}

export interface ReceiverOptions {
  /** How long a received message stays invisible, in milliseconds. */
  readonly leaseMs: number;
  /** Receives the messages of this partition alone; without it, those of no partition. */
  readonly partition?: number | undefined;
  /**
   * The lease under which the partition is worked on. A transport that keeps its queues where that lease is kept (`storage`) checks its fence in
   * the same step in which it leases, acknowledges, gives back, extends or moves a message of the partition, and throws `ND_LEASE_LOST` when somebody
   * else has been granted it: a process that stood still cannot act late.
   */
  readonly lease?: Lease | undefined;
  /**
   * Told whether receiving works, whenever that changes, also while no message comes: `undefined` when the backend has answered and is
   * listened to, else what keeps it from that. Called at most a few seconds after the backend went away or came back.
   */
  readonly onReceiving?: ((problem: unknown) => void) | undefined;
}

/** One receiver on one endpoint. */
export interface InboundTransport {
  /**
   * Leases up to `max` messages, in order. Waits while there are none, and resolves with an empty list when the signal is aborted; a
   * message that was already leased for this call is then given back at once.
   */
  receive(max: number, signal: AbortSignal): Promise<readonly MessageTransaction[]>;

  /** Gives back what this receiver still has leased. */
  close(): Promise<void>;
}

/** One received message. Exactly one of commit, fail, release and deadLetter ends it; each throws `ND_LEASE_LOST` when it is no longer ours. */
export interface MessageTransaction {
  /** The message, as a copy that is the caller's own: reading it again gives it as it was in the queue. */
  read(): ReceivedMessage;

  /** 1 at the first delivery. */
  readonly deliveryCount: number;

  /** The message is done, and goes away for good. */
  commit(): PromiseOrValue<void>;

  /** Handling failed: the message comes back, at `retryAt` (milliseconds since the epoch) or at once, with a higher count. */
  fail(retryAt?: number): Promise<void>;

  /**
   * The message was not tried: it comes back at once (or at `retryAt`), to its place before all that were sent after it, and this
   * delivery does not count.
   */
  release(retryAt?: number): Promise<void>;

  /** Keeps the message for another `leaseMs` from now. */
  extend(leaseMs: number): Promise<void>;

  /** Moves the message to the dead letters of its endpoint (G8). Never fails because the reason is too long. */
  deadLetter(reason: DeadLetterReason): Promise<void>;
}

/** What was in the queue: one of our messages, or something that is none. */
export type ReceivedMessage =
  | { readonly message: TransportMessage; readonly broken?: undefined }
  | { readonly broken: BrokenMessage; readonly message?: undefined };

export interface BrokenMessage {
  readonly raw: string;
  readonly problem: string;
}

export interface QueueFigures {
  /** Waiting, and due. */
  readonly ready: number;
  /** Waiting for their time. */
  readonly delayed: number;
  /** Received and not finished. */
  readonly inFlight: number;
  /** Given up on. */
  readonly dead: number;
  /** Since when the first of those that are ready waits, in milliseconds since the epoch. Absent when none is. */
  readonly oldestReadyAt?: number | undefined;
}
