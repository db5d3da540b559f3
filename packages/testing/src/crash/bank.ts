import {
  Aggregate,
  Projection,
  State,
  type AggregateRepository,
  type CommandSender,
  type Handles,
  type ListensTo,
  type MessageContext,
  type Mutates,
  type Projects,
} from '@ndomain/core';
import type { Witness } from './witness.ts';

/*
 * The domain that the crash matrix runs: money goes from one account to another. Nothing in it recognises a transfer that it has
 * seen before, so whatever is done twice shows in the books.
 */

export interface TransferOrder {
  readonly transfer: string;
  readonly from: string;
  readonly to: string;
  readonly amount: number;
  /** The handler throws at its first attempt, after it has changed the account and sent the credit. */
  readonly stumbles?: boolean;
}

export type BankCommands = {
  Transfer: TransferOrder;
  Credit: { readonly transfer: string; readonly account: string; readonly amount: number };
  /** Sends a rumour and throws, so nobody must ever hear the rumour. Done at the second attempt. */
  Boast: { readonly transfer: string };
  Rumour: { readonly transfer: string };
};

export type AccountEvents = {
  Withdrawn: { readonly transfer: string; readonly amount: number };
  Charged: { readonly transfer: string; readonly fee: number };
  Noted: { readonly transfer: string; readonly to: string };
  Credited: { readonly transfer: string; readonly amount: number };
};

export const FEE = 1;

class AccountState extends State implements Mutates<AccountEvents> {
  balance = 0;
  notes = 0;

  onWithdrawn({ amount }: AccountEvents['Withdrawn']): void {
    this.balance -= amount;
  }

  onCharged({ fee }: AccountEvents['Charged']): void {
    this.balance -= fee;
  }

  onNoted(): void {
    this.notes++;
  }

  onCredited({ amount }: AccountEvents['Credited']): void {
    this.balance += amount;
  }
}

export class Account extends Aggregate<AccountState, AccountEvents> {
  static readonly State = AccountState;
  static readonly aggregateName = 'Account';

  withdraw(transfer: string, amount: number): void {
    this.on('Withdrawn', { transfer, amount });
    this.on('Charged', { transfer, fee: FEE });
  }

  note(transfer: string, to: string): void {
    this.on('Noted', { transfer, to });
  }

  credit(transfer: string, amount: number): void {
    this.on('Credited', { transfer, amount });
  }
}

export interface Balance {
  amount: number;
}

export class Balances
  extends Projection<Balance>
  implements Projects<Balance, AccountEvents, 'Withdrawn' | 'Charged' | 'Credited'>
{
  static readonly source = Account;
  static readonly projectionName = 'balances';

  initial(): Balance {
    return { amount: 0 };
  }

  onWithdrawn(balance: Balance, { amount }: AccountEvents['Withdrawn']): void {
    balance.amount -= amount;
  }

  onCharged(balance: Balance, { fee }: AccountEvents['Charged']): void {
    balance.amount -= fee;
  }

  onCredited(balance: Balance, { amount }: AccountEvents['Credited']): void {
    balance.amount += amount;
  }
}

/** Changes one account in two steps, and sends the command that changes the other. */
export class Teller implements Handles<BankCommands> {
  readonly #accounts: AggregateRepository<Account>;
  readonly #commands: CommandSender<BankCommands>;
  readonly #witness: Witness;

  constructor(accounts: AggregateRepository<Account>, commands: CommandSender<BankCommands>, witness: Witness) {
    this.#accounts = accounts;
    this.#commands = commands;
    this.#witness = witness;
  }

  async handleTransfer(order: TransferOrder, { attempt }: MessageContext): Promise<void> {
    const { transfer, from, to, amount } = order;
    await this.#accounts.createOrUpdate(from, (account) => account.withdraw(transfer, amount));
    await this.#accounts.update(from, (account) => account.note(transfer, to));
    await this.#commands.send('Credit', { transfer, account: to, amount });
    if (order.stumbles === true && attempt === 1) throw new Error('stumbled, as told');
  }

  async handleCredit({ transfer, account, amount }: BankCommands['Credit']): Promise<void> {
    await this.#accounts.createOrUpdate(account, (each) => each.credit(transfer, amount));
  }

  async handleBoast({ transfer }: BankCommands['Boast'], { attempt }: MessageContext): Promise<void> {
    if (attempt > 1) return;
    await this.#commands.send('Rumour', { transfer });
    throw new Error('thought better of it, as told');
  }

  async handleRumour({ transfer }: BankCommands['Rumour']): Promise<void> {
    await this.#witness.heardRumour(transfer);
  }
}

/** Tells the witness about every event that reaches it. */
export class Listener implements ListensTo<AccountEvents> {
  readonly #witness: Witness;

  constructor(witness: Witness) {
    this.#witness = witness;
  }

  onWithdrawn(event: AccountEvents['Withdrawn'], context: MessageContext): Promise<void> {
    return this.#saw(event, context);
  }

  onCharged(event: AccountEvents['Charged'], context: MessageContext): Promise<void> {
    return this.#saw(event, context);
  }

  onNoted(event: AccountEvents['Noted'], context: MessageContext): Promise<void> {
    return this.#saw(event, context);
  }

  onCredited(event: AccountEvents['Credited'], context: MessageContext): Promise<void> {
    return this.#saw(event, context);
  }

  #saw(payload: unknown, { component, aggregateId, sequenceId, name }: MessageContext): Promise<void> {
    return this.#witness.saw({ component, account: aggregateId, sequenceId, name, payload });
  }
}
