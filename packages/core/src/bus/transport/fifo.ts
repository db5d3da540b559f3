/** A queue whose ends are both cheap. (Array.prototype.shift moves every element of a long array.) */
export class Fifo<T> {
  #items: (T | undefined)[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  get first(): T | undefined {
    return this.#items[this.#head];
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** Puts an item before all others. */
  unshift(item: T): void {
    if (this.#head > 0) this.#items[--this.#head] = item;
    else this.#items.unshift(item);
  }

  /** Puts an item before the first one that `isBehind` it. Cheap where that is near the front. */
  insert(item: T, isBehind: (other: T) => boolean): void {
    let at = this.#head;
    for (; at < this.#items.length; at++) {
      const other = this.#items[at];
      if (other !== undefined && isBehind(other)) break;
    }
    if (at === this.#head) this.unshift(item);
    else this.#items.splice(at, 0, item);
  }

  shift(): T | undefined {
    if (this.#head === this.#items.length) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head++] = undefined;
    if (this.#head === this.#items.length) this.#reset();
    else if (this.#head >= 1_024 && this.#head * 2 >= this.#items.length) this.#compact();
    return item;
  }

  /** Takes an item out of the middle. Slow; for what is rarely done. */
  remove(item: T): boolean {
    const index = this.#items.indexOf(item, this.#head);
    if (index < 0) return false;
    this.#items.splice(index, 1);
    return true;
  }

  #reset(): void {
    this.#items = [];
    this.#head = 0;
  }

  // Copies at most as many items as were taken since the last time, so each item pays for one move.
  #compact(): void {
    this.#items = this.#items.slice(this.#head);
    this.#head = 0;
  }
}
