import { setTimeout as wait } from 'node:timers/promises';
import type { CommandItem, DomainContext, Transport } from '@ndomain/core';
import { type BankCommands, ENDPOINTS, type Order } from '@ndomain/testing/crash';

const ACCOUNTS = 24;
const BATCH = 8;
const PAUSE_MS = 20;
/** More than this waiting anywhere, and the customers wait too. */
const LONGEST_QUEUE = 100;

/** Send commands as long as they are let, with ids that are known, some of them twice. */
export class Customers {
  readonly orders: Order[] = [];
  readonly #context: DomainContext;
  readonly #transport: Transport;

  constructor(context: DomainContext, transport: Transport) {
    this.#context = context;
    this.#transport = transport;
  }

  async sendUntil(signal: AbortSignal): Promise<void> {
    const commands = this.#context.commands<BankCommands>();
    let again: CommandItem<BankCommands>[] = [];
    while (!signal.aborted) {
      await wait(PAUSE_MS);
      if ((await this.#longestQueue()) > LONGEST_QUEUE) continue;
      const batch = Array.from({ length: BATCH }, () => this.#next());
      await commands.sendAll([...batch, ...again]);
      // A double click, and one that comes late.
      again = batch.filter(() => Math.random() < 0.15);
    }
  }

  #next(): CommandItem<BankCommands> {
    const number = this.orders.length + 1;
    const transfer = `t${number}`;
    if (Math.random() < 0.05)
      return { name: 'Boast', payload: { transfer }, options: { id: `boast-${Math.random()}` } };
    const from = Math.floor(Math.random() * ACCOUNTS);
    const to = (from + 1 + Math.floor(Math.random() * (ACCOUNTS - 1))) % ACCOUNTS;
    const stumbles = Math.random() < 0.1;
    const order: Order = { transfer, from: `a${from}`, to: `a${to}`, amount: 1 + (number % 100), stumbles };
    this.orders.push(order);
    return { name: 'Transfer', payload: order, options: { id: `transfer-${number}` } };
  }

  async #longestQueue(): Promise<number> {
    const figures = await Promise.all(ENDPOINTS.map((endpoint) => this.#transport.figures(endpoint)));
    return Math.max(...figures.map(({ ready }) => ready));
  }
}
