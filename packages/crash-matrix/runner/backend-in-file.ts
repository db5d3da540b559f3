import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Backend } from '@ndomain/core';
import type { BackendEntry } from './backend-entry.ts';

/** A backend that each process opens by the path of a file: `backendInFile('sqlite', ['eventStore'], (file) => sqlite(file))`. */
export function backendInFile(
  name: string,
  provides: BackendEntry['provides'],
  open: (file: string) => Backend,
): BackendEntry {
  return {
    name,
    provides,
    async prepare() {
      const folder = await mkdtemp(path.join(tmpdir(), 'crash-matrix-'));
      return {
        where: path.join(folder, `${name}.db`),
        cleanUp: () => rm(folder, { recursive: true, force: true }),
      };
    },
    open,
  };
}
