import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import process from 'node:process';

/** What it was measured on, in one line. */
export function machine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const memory = Math.round(totalmem() / 2 ** 30);
  const load = loadavg().map((value) => value.toFixed(2));
  return `${model}, ${availableParallelism()} cores, ${memory} GiB, ${process.platform} ${process.arch}, Node ${process.version}, load ${load.join(' ')}`;
}
