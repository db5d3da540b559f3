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
  /** Correlation and causation ids, and whatever else the application adds. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** An event with the stream that holds it, as a reader of the whole store sees it. */
export interface StreamEvent extends AggregateEvent {
  readonly streamId: string;
}
