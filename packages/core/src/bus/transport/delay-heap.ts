interface Delayed {
  readonly dueAt: number;
  readonly place: number;
}

/** What is not due yet, the earliest first; what is due at the same moment in the order of its place. A binary heap. */
export class DelayHeap<T extends Delayed> {
  readonly #items: T[] = [];

  get length(): number {
    return this.#items.length;
  }

  get earliest(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    const items = this.#items;
    let at = items.push(item) - 1;
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = items[parentAt];
      if (parent === undefined || isBefore(parent, item)) break;
      items[at] = parent;
      at = parentAt;
    }
    items[at] = item;
  }

  /** Takes out the earliest item, if it is due. */
  popDue(now: number): T | undefined {
    const items = this.#items;
    const [first] = items;
    if (first === undefined || first.dueAt > now) return undefined;
    const last = items.pop();
    if (last !== undefined && last !== first) this.#sink(last);
    return first;
  }

  #sink(item: T): void {
    const items = this.#items;
    let at = 0;
    for (;;) {
      let childAt = 2 * at + 1;
      let child = items[childAt];
      if (child === undefined) break;
      const right = items[childAt + 1];
      if (right !== undefined && isBefore(right, child)) {
        child = right;
        childAt++;
      }
      if (isBefore(item, child)) break;
      items[at] = child;
      at = childAt;
    }
    items[at] = item;
  }
}

function isBefore(a: Delayed, b: Delayed): boolean {
  return a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.place < b.place);
}
