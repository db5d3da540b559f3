import type { OnReached, WorkerProcess } from './worker-process.ts';

/** Workers, always as many: for each that is killed a new one starts. */
export class Crew {
  readonly #start: (onReached: OnReached) => WorkerProcess;
  readonly #workers = new Set<WorkerProcess>();
  #failure: Error | undefined;
  #ambush: { readonly at: string; readonly struck: (where: string) => void } | undefined;

  constructor(size: number, start: (onReached: OnReached) => WorkerProcess) {
    this.#start = start;
    for (let i = 0; i < size; i++) this.#hire();
  }

  /** Resolves when one that is there has begun to work. */
  async oneReady(): Promise<void> {
    await Promise.race([...this.#workers].map((worker) => worker.ready));
    this.check();
  }

  /** Throws when a worker has ended that nobody killed. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Kills a worker, whatever it is doing; sometimes one that has only just begun. */
  killAny(): string {
    const all = [...this.#workers];
    const ready = all.filter(({ isReady }) => isReady);
    const from = ready.length > 0 && Math.random() < 0.9 ? ready : all;
    const worker = from[Math.floor(Math.random() * from.length)];
    if (worker === undefined) throw new Error('There is no worker to kill.');
    const { isReady } = worker;
    this.#replace(worker);
    return isReady ? 'at any moment' : 'while starting';
  }

  /** Kills the first worker that says that it is there; any, when none does so in time. Resolves with where. */
  async killAt(where: string, withinMs: number): Promise<string> {
    const struck = Promise.withResolvers<string>();
    this.#ambush = { at: where, struck: struck.resolve };
    const timer = setTimeout(() => struck.resolve(''), withinMs);
    const found = await struck.promise;
    clearTimeout(timer);
    this.#ambush = undefined;
    return found === '' ? this.killAny() : found;
  }

  async stop(): Promise<void> {
    const workers = [...this.#workers];
    this.#workers.clear();
    await Promise.all(workers.map((worker) => worker.stop()));
  }

  /** Ends what is left, without asking. */
  abandon(): void {
    for (const worker of this.#workers) worker.kill();
    this.#workers.clear();
  }

  #hire(): void {
    const worker = this.#start((each, where) => {
      if (this.#ambush?.at !== where) return false;
      this.#ambush.struck(where);
      this.#ambush = undefined;
      this.#replace(each);
      return true;
    });
    this.#workers.add(worker);
    worker.ended.catch((error: unknown) => (this.#failure = error instanceof Error ? error : new Error(String(error))));
  }

  #replace(worker: WorkerProcess): void {
    worker.kill();
    this.#workers.delete(worker);
    this.#hire();
  }
}
