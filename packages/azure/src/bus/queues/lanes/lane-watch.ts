import { sleep, type Clock } from '@ndomain/core';
import { Pace } from '../pace.ts';
import { queueKey, type Wakers } from '../wakers.ts';
import { laneOfHead } from './lane-rows.ts';
import type { LaneTable } from './lane-table.ts';

/**
 * Notices what other processes send to the lanes of one endpoint: one request for all of them, at the pace of an endpoint that is idle, and
 * only while somebody waits. The receivers of the lanes that have changed are woken.
 */
export class LaneWatch {
  readonly #endpoint: string;
  readonly #table: LaneTable;
  readonly #wakers: Wakers;
  readonly #clock: Clock;
  readonly #pace: Pace;
  readonly #etags = new Map<number, string | undefined>();
  readonly #onFailure = new Set<(error: unknown) => void>();
  #stop: AbortController | undefined;

  constructor(endpoint: string, table: LaneTable, wakers: Wakers, clock: Clock) {
    this.#endpoint = endpoint;
    this.#table = table;
    this.#wakers = wakers;
    this.#clock = clock;
    this.#pace = new Pace(clock.now());
  }

  /** Watches until what it returns is called. `onFailure` is told when the table cannot be read. */
  enter(onFailure: (error: unknown) => void): () => void {
    this.#onFailure.add(onFailure);
    if (this.#stop === undefined) {
      this.#stop = new AbortController();
      void this.#run(this.#stop.signal);
    }
    return () => {
      this.#onFailure.delete(onFailure);
      if (this.#onFailure.size > 0) return;
      this.#stop?.abort();
      this.#stop = undefined;
    };
  }

  /**
   * A change of this process's own, of which it tells its receivers itself. Where somebody else had changed the lane before, the next look is
   * to find it.
   */
  knows(lane: number, before: string | undefined, after: string | undefined): void {
    if (this.#etags.get(lane) === before) this.#etags.set(lane, after);
  }

  /** Something came. */
  busy(): void {
    this.#pace.busy(this.#clock.now());
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(this.#clock, this.#pace.pauseMs(this.#clock.now()), signal);
      if (signal.aborted) return;
      try {
        await this.#look();
      } catch (error) {
        for (const fail of this.#onFailure) fail(error);
      }
    }
  }

  async #look(): Promise<void> {
    for (const { rowKey = '', etag } of await this.#table.heads()) {
      const lane = laneOfHead(rowKey);
      if (this.#etags.get(lane) === etag) continue;
      this.#etags.set(lane, etag);
      this.#wakers.wake(queueKey(this.#endpoint, lane));
    }
  }
}
