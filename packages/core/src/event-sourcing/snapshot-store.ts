/** A State at a version, with the revision of the code that made it. */
export interface Snapshot {
  readonly version: number;
  /** The State's declared revision. A snapshot of another revision is ignored. */
  readonly revision: number;
  /** The State's fields. Holds what a payload can hold. */
  readonly data: unknown;
}

/**
 * The seam for snapshots. They are a cache: losing one costs time, not data, so an implementation need not be durable, and
 * whatever it returns is checked by the caller. What was saved and what is loaded share nothing with the caller's objects.
 */
export interface SnapshotStore {
  /** The newest snapshot of a stream, if there is one. */
  load(streamId: string): Promise<Snapshot | undefined>;

  /** Keeps a snapshot, unless one of a later version and the same revision is there already. */
  save(streamId: string, snapshot: Snapshot): Promise<void>;
}
