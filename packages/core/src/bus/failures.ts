import type { Clock } from '../kernel/clock.ts';
import { isNDomainError, messageOf } from '../kernel/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import type { PromiseOrValue } from '../kernel/promise-or-value.ts';
import { shrinkingReasons } from './dead-letter-reason.ts';
import type { Handling } from './handling.ts';
import type { Message } from './message.ts';
import type { RecoverabilityPolicy, Recovery } from './recoverability.ts';
import type { MessageTransaction } from './transport/transport.ts';

/** Decides what becomes of messages that failed, and carries it out. */
export class Failures {
  readonly #endpoint: string;
  readonly #policyFor: (messageName: string) => RecoverabilityPolicy;
  readonly #clock: Clock;
  readonly #logger: Logger;

  constructor(
    endpoint: string,
    policyFor: (messageName: string) => RecoverabilityPolicy,
    clock: Clock,
    logger: Logger,
  ) {
    this.#endpoint = endpoint;
    this.#policyFor = policyFor;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** What the policy says. A policy that throws cannot be followed: the message is kept among the dead letters. */
  judge(handling: Handling, error: unknown): Recovery {
    const recovery = this.#ask(handling.message, error, handling.attempt);
    if (recovery.action !== 'deadLetter') this.#reportFailure(handling, error, recovery);
    return recovery;
  }

  #ask(message: Message, error: unknown, attempt: number): Recovery {
    try {
      return this.#policyFor(message.name)({ attempt, error, message, now: this.#clock.now() });
    } catch (policyError) {
      this.#logger.error({ err: policyError }, `the recoverability policy threw: ${messageOf(policyError)}`);
      return { action: 'deadLetter' };
    }
  }

  /** G8: keeps a message among the dead letters, with the reason cut until it fits. */
  async bury(transaction: MessageTransaction, error: unknown, attempts: number): Promise<void> {
    const fields = { err: error, endpoint: this.#endpoint, attempts };
    this.#logger.error(fields, `moved to the dead letters: ${messageOf(error)}`);
    for (const reason of shrinkingReasons(error, attempts, this.#clock.now())) {
      try {
        return await transaction.deadLetter(reason);
      } catch (refused) {
        if (!isNDomainError(refused, 'ND_PAYLOAD_TOO_LARGE')) throw refused;
      }
    }
  }

  /** For what nobody waits for: when it fails, the lease runs out and the message comes back (G7). */
  async guard(work: () => PromiseOrValue<void>, problem: string): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.report(error, problem);
    }
  }

  report(error: unknown, problem: string): void {
    this.#logger.warn({ err: error, endpoint: this.#endpoint }, `${problem}: ${messageOf(error)}`);
  }

  #reportFailure({ message, component, attempt }: Handling, error: unknown, { action }: Recovery): void {
    const fields = { err: error, messageId: message.id, message: message.name, component, attempt };
    const consequence = action === 'discard' ? 'it is discarded' : 'it will be tried again';
    this.#logger.warn(fields, `${component} failed on "${message.name}", ${consequence}: ${messageOf(error)}`);
  }
}
