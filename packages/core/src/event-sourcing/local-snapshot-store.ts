import { copy, copyAgain } from '../kernel/payload.ts';
import type { Snapshot, SnapshotStore } from './snapshot-store.ts';

/** Snapshots in memory: the default where a policy asks for snapshots. */
export class LocalSnapshotStore implements SnapshotStore {
  readonly #snapshots = new Map<string, Snapshot>();

  async load(streamId: string): Promise<Snapshot | undefined> {
    const snapshot = this.#snapshots.get(streamId);
    return snapshot === undefined ? undefined : { ...snapshot, data: copyAgain(snapshot.data) };
  }

  async save(streamId: string, snapshot: Snapshot): Promise<void> {
    const known = this.#snapshots.get(streamId);
    if (known !== undefined && known.madeBy === snapshot.madeBy && known.version > snapshot.version) return;
    this.#snapshots.set(streamId, { ...snapshot, data: copy(snapshot.data ?? null) });
  }
}
