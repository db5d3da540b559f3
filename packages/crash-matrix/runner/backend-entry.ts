import type { Backend } from '@ndomain/core';
import type { LocalParts } from './local/local-parts.ts';

/** A backend in the matrix: an event store, a transport, or both. */
export interface BackendEntry {
  readonly name: string;
  readonly provides: readonly ('eventStore' | 'transport')[];

  /** Called in the parent before a run: makes empty stores, and says where they are, for the children. */
  prepare(): Promise<PreparedBackend>;

  /** Called in each process, with what `prepare` said; `local` are the parts that live in the parent. */
  open(where: string, local: LocalParts): Backend;
}

export interface PreparedBackend {
  readonly where: string;
  readonly cleanUp: () => Promise<void>;
}
