/**
 * A rule of the domain says no: `throw new DomainError('OUT_OF_STOCK', 'There are 3 left.', { left: 3 })`, or a class of one's own that
 * extends it. It is an answer, and no failure: thrown in a handler it *rejects* the message. Nothing is stored or sent, the message is
 * acknowledged, counted as rejected and logged at info; it is not tried again, goes to no dead letters and holds nothing up.
 */
export class DomainError extends Error {
  /** For programs: stays the same when the words change. */
  readonly code: string;
  /** What the words speak of. Holds what a payload can hold. */
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, fields: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = new.target.name;
    this.code = code;
    this.fields = fields;
  }
}

/** Any class of errors: they are recognised by instanceof alone. */
export type ErrorClass = abstract new (...parameters: never) => Error;

/** Why a message was rejected. */
export interface Rejection {
  readonly code: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The rejection that an error is, if it is one: a {@link DomainError}, or of one of these classes. Never throws. */
export function rejectionOf(error: unknown, classes: readonly ErrorClass[]): Rejection | undefined {
  try {
    if (error instanceof DomainError) return { code: error.code, message: error.message, fields: error.fields };
    if (!(error instanceof Error) || !classes.some((each) => error instanceof each)) return undefined;
    const { code } = error as { readonly code?: unknown };
    return { code: typeof code === 'string' ? code : error.name, message: error.message, fields: {} };
  } catch {
    return undefined;
  }
}
