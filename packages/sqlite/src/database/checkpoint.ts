import { Worker } from 'node:worker_threads';

/** What became of a checkpoint: how many pages the log has, and how many of them are in the database by now. */
export interface CheckpointResult {
  readonly log: number;
  readonly checkpointed: number;
}

// As text, so that it runs as it is wherever this package is bundled. Nobody waits for a lock here: the timeout is 0.
const IN_THREAD = `
  const { DatabaseSync } = require('node:sqlite');
  const { parentPort, workerData } = require('node:worker_threads');
  const connection = new DatabaseSync(workerData, { timeout: 0 });
  const checkpoint = (mode) => connection.prepare('PRAGMA wal_checkpoint(' + mode + ')').get();
  const { log, checkpointed } = checkpoint('PASSIVE');
  if (log > 0 && log === checkpointed) checkpoint('TRUNCATE');
  connection.close();
  parentPort.postMessage({ log, checkpointed });
`;

/**
 * Writes the log of a file back into the database, as far as no reader needs it, and cuts it to nothing when all of it is written back and
 * nobody uses it. In a thread of its own: the disk takes its time, and the event loop goes on meanwhile. `log` is negative
 * while somebody else is doing the same.
 */
export function checkpoint(path: string): Promise<CheckpointResult> {
  return new Promise((resolve, reject) => {
    // What is experimental about SQLite in Node has been said when the file was opened.
    const execArgv = ['--disable-warning=ExperimentalWarning'];
    const worker = new Worker(IN_THREAD, { eval: true, workerData: path, execArgv });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the thread ended with code ${code} before it was through`)));
  });
}
