import type { EventPublisher, MessageContext, QueryStore } from '@ndomain/core';
import { DomainError } from '../domain/domain-error.ts';
import type { Outcome, Rejection, RejectionEvents } from './contracts.ts';

/** A sender that will ask for the outcome of its command says so in this header. Its value does not matter. */
export const WANTS_OUTCOME = 'wants-outcome';

/** What a rejection is about: recorded once per subject, under its key. */
export interface Subject {
  readonly kind: SubjectKind;
  readonly id: string;
  readonly key: string;
}

type SubjectKind = 'order' | 'adjustment' | 'bid' | 'command';

const EVENT_OF = {
  order: 'OrderRejected',
  adjustment: 'AdjustmentRejected',
  bid: 'BidRejected',
  command: 'CommandRejected',
} as const satisfies Record<SubjectKind, keyof RejectionEvents>;

export function orderSubject(saleId: string, orderId: string): Subject {
  return { kind: 'order', id: orderId, key: `${rejectionsOf('order')}${part(saleId)}/${part(orderId)}` };
}

export function adjustmentSubject(saleId: string, adjustmentId: string): Subject {
  return {
    kind: 'adjustment',
    id: adjustmentId,
    key: `${rejectionsOf('adjustment')}${part(saleId)}/${part(adjustmentId)}`,
  };
}

export function bidSubject(auctionId: string, bidId: string): Subject {
  return { kind: 'bid', id: bidId, key: `${rejectionsOf('bid')}${part(auctionId)}/${part(bidId)}` };
}

/** What the keys of all rejections of one kind begin with. */
export function rejectionsOf(kind: SubjectKind): string {
  return `rejections/${kind}/`;
}

function commandSubject(messageId: string): Subject {
  return { kind: 'command', id: messageId, key: `${rejectionsOf('command')}${part(messageId)}` };
}

// Ids can hold any character: escaped, no two of them make one key.
function part(id: string): string {
  return encodeURIComponent(id);
}

/**
 * Makes the answer to a command final. An accepted command is in its stream. A rejected one stores no event, so its rejection
 * is recorded here, once and for all: when the command comes again, be it after a crash or because somebody sent it twice, it is
 * rejected again without being tried, also where it would succeed by now.
 *
 * A crash between the steps does no harm: before the recording nothing has happened; after it the next delivery finds the record,
 * and publishes what could not be published.
 */
export class Outcomes {
  readonly #queries: QueryStore;
  readonly #events: EventPublisher<RejectionEvents>;

  constructor(queries: QueryStore, events: EventPublisher<RejectionEvents>) {
    this.#queries = queries;
    this.#events = events;
  }

  /** Runs a change of an aggregate and keeps what came of it. Errors that are not a rule's are thrown: the bus tries again. */
  async decide(
    context: MessageContext,
    aggregateId: string,
    change: () => Promise<{ readonly version: number }>,
    subject: Subject = commandSubject(context.messageId),
  ): Promise<void> {
    const earlier = await this.#rejectionOf(subject);
    if (earlier !== undefined) return this.#reject(context, subject, earlier, context.attempt > 1);
    try {
      const { version } = await change();
      await this.#answer(context, { accepted: true, version });
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const { code, message } = error;
      const rejection = { command: context.name, aggregateId, subjectId: subject.id, code, message };
      await this.#queries.set(subject.key, 0, 1, rejection);
      await this.#reject(context, subject, rejection, true);
    }
  }

  /** For a command that only makes sense when an earlier one was accepted: when that was rejected, this is, in the same words. */
  async isRejectedWith(context: MessageContext, subject: Subject): Promise<boolean> {
    const earlier = await this.#rejectionOf(subject);
    if (earlier === undefined) return false;
    await this.#reject(context, subject, earlier, false);
    return true;
  }

  /** Waits for the outcome of a command that was sent with {@link WANTS_OUTCOME}; undefined when there is none in time. */
  async outcomeOf(messageId: string, timeoutMs: number): Promise<Outcome | undefined> {
    const { data } = await this.#queries.getOrWaitUntil(outcomeKey(messageId), 1, timeoutMs);
    return data as Outcome | undefined;
  }

  async #rejectionOf({ key }: Subject): Promise<Rejection | undefined> {
    return (await this.#queries.get(key)).data as Rejection | undefined;
  }

  async #reject(context: MessageContext, { kind }: Subject, rejection: Rejection, publish: boolean): Promise<void> {
    if (publish) await this.#events.publish(EVENT_OF[kind], rejection);
    await this.#answer(context, { accepted: false, code: rejection.code, message: rejection.message });
  }

  async #answer({ headers, messageId }: MessageContext, outcome: Outcome): Promise<void> {
    if (headers[WANTS_OUTCOME] !== undefined) await this.#queries.set(outcomeKey(messageId), 0, 1, outcome);
  }
}

function outcomeKey(messageId: string): string {
  return `outcomes/${part(messageId)}`;
}
