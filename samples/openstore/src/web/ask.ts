import { newId, type DomainContext, type NameOf, type PayloadAt } from '@ndomain/core';
import { outcomesOf } from '../configure.ts';
import { WANTS_OUTCOME } from '../outcomes/outcomes.ts';
import { HttpError, refused } from './http-error.ts';

const OUTCOME_TIMEOUT_MS = 10_000;

/**
 * Sends a command over the bus and waits for what becomes of it. Resolves with the version that the aggregate has reached; throws
 * `HttpError` when a rule refused the command. Asking again with the same id gets the same answer, and changes nothing.
 */
export async function ask<Commands, Name extends NameOf<Commands>>(
  context: DomainContext,
  name: Name,
  payload: PayloadAt<Commands, Name>,
  { key, id = newId() }: { readonly key: string; readonly id?: string },
): Promise<number> {
  await context.commandBus.send(name, payload, { id, key, headers: { [WANTS_OUTCOME]: 'yes' } });
  const outcome = await outcomesOf(context).outcomeOf(id, OUTCOME_TIMEOUT_MS);
  if (outcome === undefined) {
    throw new HttpError(
      503,
      'OUTCOME_UNKNOWN',
      'The shop is busy: your request was taken, and is still being dealt with.',
    );
  }
  if (!outcome.accepted) throw refused(outcome.code, outcome.message);
  return outcome.version;
}
