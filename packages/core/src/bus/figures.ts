/** How long handling took, in milliseconds. */
export interface HandlingTimes {
  readonly p50: number;
  readonly p99: number;
}

/** What a component has done since the process began. */
export interface ComponentFigures {
  readonly component: string;
  readonly handled: number;
  /** Messages to which a rule of the domain said no. They count as handled too. */
  readonly rejected: number;
  /** Attempts that failed. */
  readonly failed: number;
  readonly times: HandlingTimes;
}

/** Eight buckets for each doubling, from 1 ms to a day: a value read from them is at most 9 % too high. */
const PER_DOUBLING = 8;
const BUCKETS = 27 * PER_DOUBLING;

class Histogram {
  readonly #counts = new Uint32Array(BUCKETS);
  #total = 0;

  add(value: number): void {
    const bucket = value < 1 ? 0 : 1 + Math.floor(Math.log2(value) * PER_DOUBLING);
    const at = Math.min(bucket, BUCKETS - 1);
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#total++;
  }

  quantile(part: number): number {
    let left = Math.ceil(this.#total * part);
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      left -= this.#counts[bucket] ?? 0;
      if (left <= 0) return bucket === 0 ? 0 : Math.round(2 ** (bucket / PER_DOUBLING));
    }
    return 0;
  }
}

/** Counts what one component does. */
export class ComponentMeter {
  readonly #component: string;
  readonly #times = new Histogram();
  #handled = 0;
  #rejected = 0;
  #failed = 0;

  constructor(component: string) {
    this.#component = component;
  }

  handled(milliseconds: number): void {
    this.#handled++;
    this.#times.add(milliseconds);
  }

  rejected(): void {
    this.#rejected++;
  }

  failed(): void {
    this.#failed++;
  }

  get figures(): ComponentFigures {
    const times = { p50: this.#times.quantile(0.5), p99: this.#times.quantile(0.99) };
    return {
      component: this.#component,
      handled: this.#handled,
      rejected: this.#rejected,
      failed: this.#failed,
      times,
    };
  }
}
