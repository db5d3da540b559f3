import type { AggregateRepository, Handles, MessageContext } from '@ndomain/core';
import type { Outcomes } from '../../outcomes/outcomes.ts';
import type { MemberCommands } from './contracts.ts';
import type { Member } from './member.ts';

/** Takes the commands about members. */
export class MemberCommandHandler implements Handles<MemberCommands> {
  static readonly component = 'members';
  readonly #members: AggregateRepository<Member>;
  readonly #outcomes: Outcomes;

  constructor(members: AggregateRepository<Member>, outcomes: Outcomes) {
    this.#members = members;
    this.#outcomes = outcomes;
  }

  async handleRegisterMember(
    { memberId, name }: MemberCommands['RegisterMember'],
    context: MessageContext,
  ): Promise<void> {
    await this.#outcomes.decide(context, memberId, () =>
      this.#members.createOrUpdate(memberId, (member) => member.register(name)),
    );
  }
}
