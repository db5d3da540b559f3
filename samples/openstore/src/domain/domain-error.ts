/** A rule of the shop says no. The code is stable, the message is for people; trying again would change nothing. */
export abstract class DomainError extends Error {
  abstract readonly code: string;

  override get name(): string {
    return this.constructor.name;
  }
}

/** A quantity, price or bid that nobody could mean. */
export class InvalidAmount extends DomainError {
  readonly code = 'INVALID_AMOUNT';

  constructor(what: string, expected: string, got: number) {
    super(`The ${what} must be ${expected}, got ${got}.`);
  }
}

/** Throws {@link InvalidAmount} unless the amount is a whole number of at least `least`. */
export function checkWhole(what: string, amount: number, least: number): void {
  if (Number.isSafeInteger(amount) && amount >= least) return;
  throw new InvalidAmount(what, `a whole number of at least ${least}`, amount);
}
