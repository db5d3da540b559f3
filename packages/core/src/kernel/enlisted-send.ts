/**
 * Messages on their way into a transaction that the storage of events shares with the transport. Made by `Transport.enlist`, taken by
 * `EventStoreDb.appendAndSend` of the same backend; what is in it is their own business.
 */
export interface EnlistedSend {
  /** The storage that both share. */
  readonly storage: object;
}
