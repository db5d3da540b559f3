import { Aggregate, State, type Mutates } from '@ndomain/core';
import type { LedgerEvents } from '../../lib/ledger.ts';
import type { Payload } from '../../lib/payload.ts';

class LedgerState extends State implements Mutates<LedgerEvents> {
  balance = 0;
  notes = 0;
  onDeposited({ amount }: Payload): void {
    this.balance += amount;
  }
  onWithdrawn({ amount }: Payload): void {
    this.balance -= amount;
  }
  onNoted(): void {
    this.notes++;
  }
}

export class LedgerAccount extends Aggregate<LedgerState, LedgerEvents> {
  static readonly State = LedgerState;
  get ledger(): LedgerState {
    return this.state;
  }
  happen(name: keyof LedgerEvents, payload: Payload): void {
    this.on(name, payload);
  }
}
