import { Aggregate, DomainContext, State, type Backend, type Mutates } from '@ndomain/core';

export type AccountEvents = { Deposited: { amount: number } };
export type AccountCommands = { Deposit: { id: string; amount: number } };

export class AccountState extends State implements Mutates<AccountEvents> {
  balance = 0;
  onDeposited({ amount }: AccountEvents['Deposited']): void {
    this.balance += amount;
  }
}

export class Account extends Aggregate<AccountState, AccountEvents> {
  static readonly State = AccountState;
  deposit(amount: number): void {
    this.on('Deposited', { amount });
  }
}

/** A small program on a backend, which tells of each deposit that its second handler heard of. */
export async function startBank(backend: Backend, onDeposited: (amount: number) => void): Promise<DomainContext> {
  const context: DomainContext = await DomainContext.configure()
    .with(backend)
    .eventSourcing((c) => c.bind(Account))
    .bus((c) =>
      c.withProcessor((p) => {
        p.endpoint('accounts');
        p.commands<AccountCommands>().handle('Deposit', async ({ id, amount }) => {
          await context.repository(Account).createOrUpdate(id, (account) => account.deposit(amount));
        });
        p.events<AccountEvents>().handle('Deposited', async ({ amount }) => onDeposited(amount));
      }),
    )
    .start();
  return context;
}
