import { isNDomainError, sleep, type Clock } from '@ndomain/core';
import { Pace } from '../pace.ts';
import { noticingDelay, type Receiving } from '../receiving.ts';
import { queueKey, type Wakers } from '../wakers.ts';
import { laneOfHead } from './lane-rows.ts';
import type { LaneTable } from './lane-table.ts';

/** While the table cannot be reached a look follows after this at the latest, in milliseconds: what is back is noticed soon. */
const LONGEST_AWAY_MS = 5_000;

/** Who waits for what is sent to a lane. */
export interface LaneWatcher {
  readonly receiving: Receiving;
  /** Called when the table cannot be read for a reason that does not pass by itself. */
  readonly failed: (error: unknown) => void;
}

/**
 * Notices what other processes send to the lanes of one endpoint: one request for all of them, at the pace of an endpoint that is idle, and
 * only while somebody waits. The receivers of the lanes that have changed are woken. While the table cannot be reached they are told so and
 * go on waiting: a look leases nothing, so nothing can be missing after one that failed.
 */
export class LaneWatch {
  readonly #endpoint: string;
  readonly #table: LaneTable;
  readonly #wakers: Wakers;
  readonly #clock: Clock;
  readonly #pace: Pace;
  readonly #etags = new Map<number, string | undefined>();
  readonly #watchers = new Set<LaneWatcher>();
  #isAway = false;
  #stop: AbortController | undefined;

  constructor(endpoint: string, table: LaneTable, wakers: Wakers, clock: Clock) {
    this.#endpoint = endpoint;
    this.#table = table;
    this.#wakers = wakers;
    this.#clock = clock;
    this.#pace = new Pace(clock.monotonic());
  }

  /** Watches until what it returns is called. */
  enter(watcher: LaneWatcher): () => void {
    this.#watchers.add(watcher);
    if (this.#stop === undefined) {
      this.#stop = new AbortController();
      void this.#run(this.#stop.signal);
    }
    return () => {
      this.#watchers.delete(watcher);
      if (this.#watchers.size > 0) return;
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
    this.#pace.busy(this.#clock.monotonic());
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const pauseMs = this.#pace.pauseMs(this.#clock.monotonic());
      await sleep(this.#clock, this.#isAway ? Math.min(pauseMs, LONGEST_AWAY_MS) : pauseMs, signal);
      if (signal.aborted) return;
      try {
        await this.#look();
        this.#isAway = false;
      } catch (error) {
        this.#isAway = isNDomainError(error, 'ND_BACKEND_UNREACHABLE');
        for (const { receiving, failed } of this.#watchers) {
          if (this.#isAway) receiving.fails(error);
          else failed(error);
        }
      }
    }
  }

  async #look(): Promise<void> {
    const heads = await noticingDelay(this.#table.heads(), this.#clock, () => {
      for (const { receiving } of this.#watchers) receiving.isLate();
    });
    for (const { receiving } of this.#watchers) receiving.works();
    for (const { rowKey = '', etag } of heads) {
      const lane = laneOfHead(rowKey);
      if (this.#etags.get(lane) === etag) continue;
      this.#etags.set(lane, etag);
      this.#wakers.wake(queueKey(this.#endpoint, lane));
    }
  }
}
