/** A State at a version, with the mark of the code that made it. */
export interface Snapshot {
  readonly version: number;
  /** Tells which code made it (G15): a snapshot with another mark than today's is ignored. A short text. */
  readonly madeBy: string;
  /** The State in its kept form. Holds what a payload can hold. */
  readonly data: unknown;
}

/**
 * The seam for snapshots. They are a cache: losing one costs time, not data, so an implementation need not be durable, and
 * whatever it returns is checked by the caller. What was saved and what is loaded share nothing with the caller's objects.
 */
export interface SnapshotStore {
  /** The newest snapshot of a stream, if there is one. */
  load(streamId: string): Promise<Snapshot | undefined>;

  /** Keeps a snapshot, unless one of a later version and the same `madeBy` is there already. */
  save(streamId: string, snapshot: Snapshot): Promise<void>;
}
