/** Entries kept to be shown. */
const KEPT = 400;

/** What happened, in order: the last of it as text, all of it as a number by which two runs can be compared. */
export class Trace {
  readonly #now: () => number;
  readonly #begunAt: number;
  readonly #last: string[] = [];
  #hash = 0x81_1c_9d_c5;
  #count = 0;

  constructor(now: () => number) {
    this.#now = now;
    this.#begunAt = now();
  }

  /** The same for two runs in which the same happened. */
  get hash(): string {
    return `${this.#count}-${(this.#hash >>> 0).toString(16)}`;
  }

  get last(): readonly string[] {
    return this.#last.slice(-KEPT);
  }

  note(who: string, what: string): void {
    const entry = `${this.#elapsed()} ${who} ${what}`;
    this.#count++;
    for (let i = 0; i < entry.length; i++) this.#hash = Math.imul(this.#hash ^ entry.charCodeAt(i), 0x01_00_01_93);
    this.#keep(entry);
  }

  /** Shown, but not compared: texts may hold what differs from run to run. */
  remark(who: string, text: string): void {
    this.#keep(`${this.#elapsed()} ${who}   ${text}`);
  }

  #elapsed(): string {
    // Whole milliseconds.
    return String(Math.round(this.#now() - this.#begunAt));
  }

  #keep(entry: string): void {
    this.#last.push(entry);
    if (this.#last.length >= 2 * KEPT) this.#last.splice(0, KEPT);
  }
}
