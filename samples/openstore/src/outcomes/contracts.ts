/** Why a command was refused, for whoever wants to know. */
export interface Rejection {
  /** The command's name. */
  readonly command: string;
  /** Of the sale, auction or member. */
  readonly aggregateId: string;
  /** Of the order, adjustment or bid; of the command itself where there is nothing else. */
  readonly subjectId: string;
  readonly code: string;
  readonly message: string;
}

/** Published, but not stored in any stream: nothing has happened to the aggregate. */
export type RejectionEvents = {
  OrderRejected: Rejection;
  AdjustmentRejected: Rejection;
  BidRejected: Rejection;
  CommandRejected: Rejection;
};

/** What became of one command. */
export type Outcome =
  | { readonly accepted: true; readonly version: number }
  | { readonly accepted: false; readonly code: string; readonly message: string };
