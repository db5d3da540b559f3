import {
  consoleLogger,
  InvalidOptionError,
  messageOf,
  newId,
  systemClock,
  type BackendServices,
  type Subscription,
  type SubscriptionBroker,
  type SubscriptionChange,
  type SubscriptionListener,
  type Timer,
} from '@ndomain/core';
import type { AzureConnection, AzureTable } from '../connection/azure-connection.ts';
import { isConflict } from '../connection/azure-errors.ts';
import { findRow, findRows, removeRow } from '../connection/rows.ts';
import { SEQUENCE_DIGITS, SUBSCRIPTIONS as P } from '../names.ts';
import { subscriptionFrom, subscriptionProperties } from './subscription-rows.ts';

export const SUBSCRIPTION_DEFAULTS = { pollEveryMs: 5_000 } as const;

/** Changes that are kept for who stood still. Who missed more is told so, and reads the store. */
const KEPT_CHANGES = 1_000;
const TIDY_EVERY = 100;

/**
 * Changes of subscriptions as numbered rows, which every process that listens looks for every `pollEveryMs`: one request, which asks for the last number.
 * A process hears of its own changes at once.
 */
export class AzureSubscriptionBroker implements SubscriptionBroker {
  readonly #table: AzureTable;
  readonly #services: BackendServices;
  readonly #pollEveryMs: number;
  readonly #listeners = new Set<SubscriptionListener>();
  readonly #gapListeners = new Set<() => void>();
  #lastRead = 0;
  #timer: Timer | undefined;
  #reading: Promise<void> = Promise.resolve();

  /** Throws `ND_INVALID_OPTION`. */
  constructor(
    connection: AzureConnection,
    table: string,
    services: BackendServices = { clock: systemClock, logger: consoleLogger },
    pollEveryMs: number = SUBSCRIPTION_DEFAULTS.pollEveryMs,
  ) {
    if (!(pollEveryMs >= 10))
      throw new InvalidOptionError('pollEveryMs', 'a number of milliseconds of at least 10', pollEveryMs);
    this.#table = connection.table(table, 'recreate');
    this.#services = services;
    this.#pollEveryMs = pollEveryMs;
  }

  async notify(change: SubscriptionChange, subscription: Subscription): Promise<void> {
    const number = await this.#add(change, subscription);
    if (this.#listeners.size > 0) await this.#readNew();
    if (number % TIDY_EVERY === 0) await this.#tidy(number);
  }

  async onChange(listener: SubscriptionListener): Promise<() => Promise<void>> {
    if (this.#listeners.size === 0) this.#lastRead = (await this.#last()).number;
    this.#listeners.add(listener);
    if (this.#timer === undefined) this.#lookLater();
    return async () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      this.#timer?.cancel();
      this.#timer = undefined;
    };
  }

  onGap(listener: () => void): void {
    this.#gapListeners.add(listener);
  }

  /** Writes a change under the next number. */
  async #add(change: SubscriptionChange, subscription: Subscription): Promise<number> {
    const attempt = newId();
    for (;;) {
      const { number: last, etag } = await this.#last();
      const number = last + 1;
      const counter = { partitionKey: P.changes, rowKey: P.lastChange, [P.number]: number };
      const row = {
        partitionKey: P.changes,
        rowKey: keyOfChange(number),
        [P.number]: number,
        [P.change]: change,
        ...subscriptionProperties(subscription),
        [P.attempt]: attempt,
      };
      try {
        await this.#table.run('tell a change of subscriptions', (client, options) =>
          client.submitTransaction(
            [etag === undefined ? ['create', counter] : ['update', counter, 'Replace', { etag }], ['create', row]],
            options,
          ),
        );
        return number;
      } catch (error) {
        if (!isConflict(error)) throw error;
        const there = await findRow(this.#table, P.changes, keyOfChange(number));
        // The answer to a first try was lost.
        if (there?.[P.attempt] === attempt) return number;
      }
    }
  }

  async #last(): Promise<{ number: number; etag: string | undefined }> {
    const row = await findRow(this.#table, P.changes, P.lastChange);
    return { number: Number(row?.[P.number] ?? 0), etag: row?.etag };
  }

  /** One after the other, so that each change is told once and in order. */
  #readNew(): Promise<void> {
    this.#reading = this.#reading.then(() => this.#read());
    return this.#reading;
  }

  /** Never rejects: what could not be read is read the next time. */
  async #read(): Promise<void> {
    try {
      const { number } = await this.#last();
      // A smaller one: the table was deleted, and begun anew.
      if (number < this.#lastRead) this.#lastRead = 0;
      if (number === this.#lastRead) return;
      const range = `RowKey gt '${keyOfChange(this.#lastRead)}' and RowKey le '${keyOfChange(number)}'`;
      const rows = await findRows(this.#table, `PartitionKey eq '${P.changes}' and ${range}`);
      const isGapless = Number(rows[0]?.[P.number]) === this.#lastRead + 1;
      this.#lastRead = number;
      for (const row of rows) {
        const change = row[P.change] === 'removed' ? 'removed' : 'added';
        for (const listener of this.#listeners) listener(change, subscriptionFrom(row));
      }
      if (!isGapless) for (const listener of this.#gapListeners) listener();
    } catch (error) {
      this.#services.logger.warn(
        { err: error },
        `changes of subscriptions could not be read, the next try follows: ${messageOf(error)}`,
      );
    }
  }

  // In the background: an idle program may end.
  #lookLater(): void {
    const { clock } = this.#services;
    this.#timer = clock.schedule(this.#pollEveryMs, () => void this.#look(), { background: true });
  }

  async #look(): Promise<void> {
    await this.#readNew();
    if (this.#listeners.size > 0) this.#lookLater();
    else this.#timer = undefined;
  }

  async #tidy(last: number): Promise<void> {
    const oldest = keyOfChange(Math.max(0, last - KEPT_CHANGES));
    const rows = await findRows(this.#table, `PartitionKey eq '${P.changes}' and RowKey lt '${oldest}'`);
    for (const { rowKey = '' } of rows) await removeRow(this.#table, P.changes, rowKey);
  }
}

/** Digits sort before the letters of `last`. */
function keyOfChange(number: number): string {
  return String(number).padStart(SEQUENCE_DIGITS, '0');
}
