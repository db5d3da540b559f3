import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A folder of a run's own, which goes when the run ends, however it ends short of SIGKILL. */
export class TempFolder implements Disposable {
  readonly #path = mkdtempSync(path.join(tmpdir(), 'ndomain-bench-'));

  /** The path of a file in it. */
  file(name: string): string {
    return path.join(this.#path, name);
  }

  [Symbol.dispose](): void {
    rmSync(this.#path, { recursive: true, force: true });
  }
}
