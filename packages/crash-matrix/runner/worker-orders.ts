import type { PairPlace } from './pairs.ts';

/** What the parent tells a child when it starts. */
export interface WorkerOrders extends PairPlace {
  readonly pair: string;
  readonly leaseMs: number;
  /** The part of the steps of handling that the child reports, from 0 to 1. */
  readonly reportRate: number;
}
