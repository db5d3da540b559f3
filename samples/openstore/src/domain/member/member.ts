import { Aggregate, State, type Mutates } from '@ndomain/core';
import type { MemberEvents } from './contracts.ts';
import { InvalidMemberName, MemberAlreadyRegistered } from './errors.ts';

export class MemberState extends State implements Mutates<MemberEvents> {
  name = '';

  onMemberRegistered({ name }: MemberEvents['MemberRegistered']): void {
    this.name = name;
  }
}

/** Somebody who orders and bids under a name. */
export class Member extends Aggregate<MemberState, MemberEvents> {
  static readonly aggregateName = 'Member';
  static readonly State = MemberState;

  /** Throws `MemberAlreadyRegistered` and `InvalidMemberName`. */
  register(name: string): void {
    if (this.state.name !== '') throw new MemberAlreadyRegistered(this.id);
    const trimmed = name.trim();
    if (trimmed === '') throw new InvalidMemberName();
    this.on('MemberRegistered', { name: trimmed });
  }
}
