import { DomainError } from '../domain-error.ts';

export class MemberAlreadyRegistered extends DomainError {
  readonly code = 'MEMBER_ALREADY_REGISTERED';

  constructor(memberId: string) {
    super(`The member "${memberId}" is registered already.`);
  }
}

export class InvalidMemberName extends DomainError {
  readonly code = 'INVALID_MEMBER_NAME';

  constructor() {
    super('A member needs a name that is not empty.');
  }
}
