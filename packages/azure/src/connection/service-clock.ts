/** What the SDKs tell of an answer. */
export type OnResponse = (response: { readonly headers: { get(name: string): string | undefined } }) => void;

/**
 * The time of the service, as its last answer told it: in whole seconds, and never later than it is there.
 * Header: https://learn.microsoft.com/rest/api/storageservices/query-entities#response-headers
 */
export class ServiceClock {
  #date = 0;

  now(): number {
    return this.#date;
  }

  /** Reads the time off what `operation` is answered, also with an error. */
  async watch<T>(operation: (onResponse: OnResponse) => Promise<T>): Promise<T> {
    return operation(({ headers }) => {
      const date = Date.parse(headers.get('date') ?? '');
      // Of answers that overtake each other the latest counts.
      if (date > this.#date) this.#date = date;
    });
  }
}
