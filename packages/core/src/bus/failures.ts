import type { Clock } from '../kernel/clock.ts';
import { InvalidOptionError, isNDomainError, messageOf } from '../kernel/errors.ts';
import type { Rejection } from '../kernel/domain-error.ts';
import type { Logger } from '../kernel/logger.ts';
import type { PromiseOrValue } from '../kernel/promise-or-value.ts';
import { shrinkingReasons } from './dead-letter-reason.ts';
import type { Handling } from './handling.ts';
import type { Message, TransportMessage } from './message.ts';
import type { RecoverabilityPolicy, Recovery } from './recoverability.ts';
import type { MessageTransaction } from './transport/transport.ts';

/** Who is told what became of a message that was not handled. */
export interface OutcomeHooks {
  /** A rule of the domain said no. When this fails, so has the message. */
  rejected(message: TransportMessage, rejection: Rejection): PromiseOrValue<void>;
  deadLettered(message: TransportMessage, error: unknown): PromiseOrValue<void>;
}

/** What a policy has decided; a message that is given up has the reason beside it. */
export type Judgement = Exclude<Recovery, { readonly action: 'deadLetter' }> | GivenUp;

interface GivenUp {
  readonly action: 'deadLetter';
  readonly reason: unknown;
}

const POLICY_ANSWERS =
  "an answer such as { action: 'retryNow' }, { action: 'retryAt', at }, { action: 'deadLetter' } or { action: 'discard' }";

function isRecovery(answer: unknown): answer is Recovery {
  if (typeof answer !== 'object' || answer === null || !('action' in answer)) return false;
  const { action } = answer;
  if (action === 'retryAt') return 'at' in answer && typeof answer.at === 'number' && Number.isFinite(answer.at);
  return action === 'retryNow' || action === 'deadLetter' || action === 'discard';
}

/** Decides what becomes of messages that failed, and carries it out. */
export class Failures {
  readonly #endpoint: string;
  readonly #policyFor: (messageName: string) => RecoverabilityPolicy;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #hooks: OutcomeHooks;

  constructor(
    endpoint: string,
    policyFor: (messageName: string) => RecoverabilityPolicy,
    clock: Clock,
    logger: Logger,
    hooks: OutcomeHooks,
  ) {
    this.#hooks = hooks;
    this.#endpoint = endpoint;
    this.#policyFor = policyFor;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** What the policy says. One that throws, or answers something else, cannot be followed: the message is kept among the dead letters. */
  judge(handling: Handling, error: unknown): Judgement {
    const judgement = this.#ask(handling.message, error, handling.attempt);
    if (judgement.action !== 'deadLetter') this.#reportFailure(handling, error, judgement);
    return judgement;
  }

  #ask(message: Message, error: unknown, attempt: number): Judgement {
    try {
      const answer: unknown = this.#policyFor(message.name)({ attempt, error, message, now: this.#clock.now() });
      if (isRecovery(answer)) return answer.action === 'deadLetter' ? { ...answer, reason: error } : answer;
      return {
        action: 'deadLetter',
        reason: new InvalidOptionError('the recoverability policy', POLICY_ANSWERS, answer),
      };
    } catch (policyError) {
      this.#logger.error({ err: policyError }, `the recoverability policy threw: ${messageOf(policyError)}`);
      return { action: 'deadLetter', reason: error };
    }
  }

  /** G8: gives a message up, and lets whoever asked for its outcome know. */
  async bury(handling: Handling, error: unknown): Promise<void> {
    await this.buryRaw(handling.transaction, error, handling.attempt);
    await this.guard(
      () => this.#hooks.deadLettered(handling.message, error),
      'the outcome of a message could not be kept',
    );
  }

  /** Lets those know who want to hear of it that a message was rejected. */
  async reject(handling: Handling, rejection: Rejection): Promise<void> {
    const { message, component } = handling;
    this.#logger.info(
      { messageId: message.id, messageName: message.name, component, code: rejection.code },
      `${component} rejected "${message.name}": ${rejection.message}`,
    );
    await this.#hooks.rejected(message, rejection);
  }

  /** G8: keeps a message among the dead letters, with the reason cut until it fits. */
  async buryRaw(transaction: MessageTransaction, error: unknown, attempts: number): Promise<void> {
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

  #reportFailure({ message, component, attempt }: Handling, error: unknown, { action }: Judgement): void {
    const fields = { err: error, messageId: message.id, message: message.name, component, attempt };
    const consequence = action === 'discard' ? 'it is discarded' : 'it will be tried again';
    this.#logger.warn(fields, `${component} failed on "${message.name}", ${consequence}: ${messageOf(error)}`);
  }
}
