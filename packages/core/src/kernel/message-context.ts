import { AsyncLocalStorage } from 'node:async_hooks';

/** What a handler learns about the message it handles, as its second argument. */
export interface MessageContext {
  /** The message's id: the same at every delivery of it. */
  readonly messageId: string;
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly endpoint: string;
  readonly component: string;
  /** Which attempt this is, from 1. Counted outside of the process, so crashes count too. */
  readonly attempt: number;
  /** Id of the message that began the whole chain. */
  readonly correlationId: string;
  /** For an event of an aggregate: the aggregate's id. Empty for other messages. */
  readonly aggregateId: string;
  /** For an event of an aggregate: the aggregate's name. Empty for other messages. */
  readonly aggregateName: string;
  /** For an event of an aggregate: its place in the stream, from 1. Zero for other messages. */
  readonly sequenceId: number;
  /** Aborted when the handler overruns its timeout, when the message's lease is lost, and when a stop runs out of patience. */
  readonly signal: AbortSignal;
}

/** The handling that the current code runs in: what repositories and buses need to know of it. */
export interface AmbientHandling extends MessageContext {
  /**
   * The transaction id for the next change of this stream (G3). One component's handling of one message is one transaction
   * per stream; a second change of the same stream within it is its own, by ordinal.
   */
  nextTransactionId(streamId: string): string;

  /** The id for the next message that this handling sends: the same one when the message is handled again (G3). */
  nextMessageId(): string;

  /**
   * To be asked before something is stored or sent for the message. Throws `ND_LEASE_LOST` when nobody waits for this handler any more,
   * or when at `now` (by the clock's monotonic time) the message may be somebody else's: a process that stood still must not add to
   * what another one has done meanwhile.
   */
  checkOurs(now: number): void;

  /** True while the worker waits for the handler: what it does counts. */
  readonly isGoingOn: boolean;

  /** True when the handler has returned or thrown: what it left running is outside of it from then on. */
  readonly hasReturned: boolean;

  /** Adds what is to be done after the handler has succeeded and what it sent has left, before its message is acknowledged; in the order of adding. */
  afterSuccess(step: () => Promise<void>): void;

  /**
   * Keeps messages back until the handler has succeeded (G2). Throws the reason of the abort when the worker has given the handler up, which still runs:
   * nothing of it leaves any more.
   */
  hold(messages: readonly object[]): void;
}

// One key, private to this module: whoever writes it and whoever reads it cannot disagree.
const storage = new AsyncLocalStorage<AmbientHandling>();

/** The handling that the calling code runs in, if any. Once its handler has returned there is none: timers and clients that it made live on. */
export function currentHandling(): AmbientHandling | undefined {
  const handling = storage.getStore();
  return handling?.hasReturned === true ? undefined : handling;
}

/** Runs `body` so that it, and all that it awaits, sees `handling` as the current one. */
export function runHandling<A, B, R>(handling: AmbientHandling, body: (a: A, b: B) => R, a: A, b: B): R {
  return storage.run(handling, body, a, b);
}

/** Runs `body` as if it were outside of any handling: for loops that outlive the handler which happened to start them. */
export function runOutsideHandling<R>(body: () => R): R {
  return storage.exit(body);
}
