/** The least that a queue in memory can be: an array, a copy by JSON, and as many loops as there are handlers at once. */
export class BareQueue<T> {
  readonly #handle: (payload: T) => Promise<void>;
  readonly #concurrency: number;
  #items: T[] = [];
  #next = 0;
  #running = 0;

  constructor(concurrency: number, handle: (payload: T) => Promise<void>) {
    this.#handle = handle;
    this.#concurrency = concurrency;
  }

  async send(payload: T): Promise<void> {
    this.#items.push(JSON.parse(JSON.stringify(payload)) as T);
    if (this.#running < this.#concurrency) void this.#work();
  }

  async #work(): Promise<void> {
    this.#running++;
    while (this.#next < this.#items.length) {
      const item = this.#items[this.#next++];
      if (item !== undefined) await this.#handle(item);
    }
    if (--this.#running > 0) return;
    this.#items = [];
    this.#next = 0;
  }
}
