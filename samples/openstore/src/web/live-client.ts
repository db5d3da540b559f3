import type { ServerResponse } from 'node:http';

/** News about so many things may wait for a slow browser; beyond that it is told to load everything again. */
const MOST_WAITING = 200;

/**
 * One browser that listens. What it has not taken yet waits here by subject, the newest only, so a slow browser costs a bounded
 * amount of memory, and gets the latest state when it is ready.
 */
export class LiveClient {
  readonly #response: ServerResponse;
  readonly #waiting = new Map<string, string>();
  #isBlocked = false;

  constructor(response: ServerResponse) {
    this.#response = response;
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    response.on('drain', () => {
      this.#isBlocked = false;
      this.#flush();
    });
    this.#write('retry: 1000\n\n');
  }

  /** Sends news about a subject; takes the place of older news about it that has not left yet. */
  send(subject: string, event: string, json: string): void {
    if (this.#waiting.size >= MOST_WAITING && !this.#waiting.has(subject)) {
      this.#waiting.clear();
      this.#waiting.set('everything', frame('reload', '{}'));
    } else if (!this.#waiting.has('everything')) {
      this.#waiting.set(subject, frame(event, json));
    }
    this.#flush();
  }

  /** Keeps the connection open through proxies that close silent ones. */
  beat(): void {
    if (!this.#isBlocked) this.#write(': still here\n\n');
  }

  close(): void {
    this.#response.end();
  }

  #flush(): void {
    for (const [subject, text] of this.#waiting) {
      if (this.#isBlocked) return;
      this.#waiting.delete(subject);
      this.#write(text);
    }
  }

  #write(text: string): void {
    if (!this.#response.write(text)) this.#isBlocked = true;
  }
}

function frame(event: string, json: string): string {
  return `event: ${event}\ndata: ${json}\n\n`;
}
