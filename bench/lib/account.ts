import { Aggregate, State, type Mutates } from '@ndomain/core';

/** The domain of our sides: an account into which money is paid. The peers' sides have the same one, in their own terms. */
export type AccountEvents = { Deposited: { amount: number; note: string; at: string } };
export type AccountCommands = { Deposit: { accountId: string; amount: number; note: string; at: string } };

export class AccountState extends State implements Mutates<AccountEvents> {
  balance = 0;
  onDeposited(event: AccountEvents['Deposited']): void {
    this.balance += event.amount;
  }
}

export class Account extends Aggregate<AccountState, AccountEvents> {
  static readonly State = AccountState;
  get balance(): number {
    return this.state.balance;
  }
  deposit(amount: number, note: string, at: string): void {
    this.on('Deposited', { amount, note, at });
  }
}
