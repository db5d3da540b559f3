import { seededRandom } from '../faults/seeded-random.ts';

/** Everything that happens by chance in a simulation: the same for the same seed. */
export class SeededRandom {
  /** From 0 to 1, 1 excluded. */
  readonly next: () => number;

  constructor(seed: number) {
    this.next = seededRandom(seed);
  }

  /** True with this probability, from 0 to 1. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  /** One of the list. Throws when there is none. */
  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError('There is nothing to pick from.');
    return list[this.between(0, list.length - 1)] as T;
  }

  /** The same, in any order. */
  shuffled<T>(list: readonly T[]): T[] {
    const places = list.map((item) => ({ item, place: this.next() }));
    return places.sort((a, b) => a.place - b.place).map(({ item }) => item);
  }
}
