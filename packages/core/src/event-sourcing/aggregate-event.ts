/** A fact in the life of an aggregate, with what the store knows about it. */
export interface AggregateEvent<Payload = unknown> {
  readonly aggregateId: string;
  /** Its place in the stream: 1, 2, … without gap. */
  readonly sequenceId: number;
  readonly date: Date;
  readonly name: string;
  /** Which form of the payload this is, from 1: see `eventHistory()`. */
  readonly revision: number;
  readonly payload: Payload;
  /** The append that stored it. */
  readonly transactionId: string;
  /**
   * Correlation and causation ids, and whatever else the application adds: texts by any names but those of an event's own fields, such as `date`.
   */
  readonly metadata: Readonly<Record<string, string>>;
}

/** What travels beside the metadata in the headers of an event's message. Metadata cannot have these names. */
export const EVENT_FIELDS: ReadonlySet<string> = new Set([
  'aggregateName',
  'aggregateId',
  'sequenceId',
  'date',
  'transactionId',
  'revision',
]);

/** An event with the stream that holds it, as a reader of the whole store sees it. */
export interface StreamEvent extends AggregateEvent {
  readonly streamId: string;
}
