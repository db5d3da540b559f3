import { decode, encode, isNDomainError, messageOf } from '@ndomain/core';

/*
 * What goes over the channel between the parent and a child. Arguments and results are payloads, encoded as everywhere else.
 */

/** From a child. */
export interface Call {
  readonly kind: 'call';
  readonly id: number;
  readonly service: string;
  readonly method: string;
  readonly args: string;
}

/** To a child. */
export type Answer =
  | { readonly kind: 'answer'; readonly id: number; readonly result: string }
  | { readonly kind: 'failure'; readonly id: number; readonly code: string | undefined; readonly message: string };

/** To a child: somebody's subscriptions have changed, or it is to stop. */
export type Notice = { readonly kind: 'notice'; readonly what: 'subscription' | 'stop'; readonly data: string };

export type FromChild = Call;
export type ToChild = Answer | Notice;

export function encodeArgs(args: readonly unknown[]): string {
  return encode(args.map((arg) => arg ?? null));
}

/** What was undefined is so again: none of the seams uses null. */
export function decodeArgs(text: string): readonly unknown[] {
  return (decode(text) as readonly unknown[]).map((arg) => arg ?? undefined);
}

export function decodeResult(text: string): unknown {
  return decode(text) ?? undefined;
}

export function failureOf(id: number, error: unknown): Answer {
  return { kind: 'failure', id, code: isNDomainError(error) ? error.code : undefined, message: messageOf(error) };
}

/** An error of the parent's, in the child. `isNDomainError` knows it by its code. */
export class RemoteError extends Error {
  readonly code: string | undefined;

  constructor(code: string | undefined, message: string) {
    super(message);
    this.code = code;
  }

  override get name(): string {
    return 'RemoteError';
  }
}
