import {
  isNDomainError,
  LONGEST_UNSEEN_MS,
  type InboundTransport,
  type MessageTransaction,
  type ReceiverOptions,
} from '@ndomain/core';
import type { Script, ScriptArgument } from '../../connection/script.ts';
import { HeldLease } from './held-lease.ts';
import { PartitionLostError } from './partition-fence.ts';
import type { Queue } from './queue.ts';
import { ReceivingReport } from './receiving-report.ts';
import { RedisMessageTransaction } from './redis-message-transaction.ts';
import { TAKE, TAKE_UNDER_LEASE } from './scripts/take-script.ts';
import type { Settler } from './settler.ts';
import type { Signals } from './signals.ts';

const NOTHING: readonly MessageTransaction[] = [];
const LONGEST_LEASE_MS = 2 ** 50;
/** While a script moves messages nothing else runs on the server. */
const MOST_AT_ONCE = 250;

/** What the script answers when there is nothing to take. */
type Nothing = readonly [nextInMs: number, lastSignal: string];

/** Leases messages of one queue. Waiting costs nothing but the endpoint's one blocking read. */
export class RedisReceiver implements InboundTransport {
  /** Told of what is common to all receivers of the endpoint, too. */
  readonly report: ReceivingReport;
  readonly #queue: Queue;
  readonly #settler: Settler;
  readonly #signals: Signals;
  readonly #leaseMs: number;
  readonly #script: Script;
  readonly #keys: readonly string[];
  readonly #open = new Set<RedisMessageTransaction>();
  readonly #onClose: () => void;

  constructor(queue: Queue, settler: Settler, signals: Signals, options: ReceiverOptions, onClose: () => void) {
    this.#queue = queue;
    this.#settler = settler;
    this.#signals = signals;
    this.#leaseMs = Math.min(Math.ceil(options.leaseMs), LONGEST_LEASE_MS);
    this.report = new ReceivingReport(options.onReceiving);
    this.#onClose = onClose;
    const { ready, first, later, held, leases } = queue.keys;
    const { counters, signals: signalsKey } = queue.endpointKeys;
    const { fence } = queue;
    this.#script = fence === undefined ? TAKE : TAKE_UNDER_LEASE;
    this.#keys = [ready, first, later, held, leases, counters, signalsKey, ...(fence === undefined ? [] : [fence.key])];
  }

  async receive(max: number, signal: AbortSignal): Promise<readonly MessageTransaction[]> {
    const bell = this.#signals.bell(this.#queue.name);
    while (!signal.aborted) {
      // What rings from here on may be about what the server is not yet, or no more, asked for.
      const { rings } = bell;
      const answer = await this.#takeAndReport(max);
      if (isNothing(answer)) {
        if (!signal.aborted) await this.#wait(answer, rings, signal);
        continue;
      }
      if (!signal.aborted) return answer;
      await giveBack(answer);
    }
    return NOTHING;
  }

  async close(): Promise<void> {
    await giveBack([...this.#open]);
    this.#onClose();
  }

  async #takeAndReport(max: number): Promise<Nothing | readonly RedisMessageTransaction[]> {
    try {
      const answer = await this.#take(max);
      // Else it is told when what is sent is heard again.
      if (!this.#signals.isFailing) this.report.works();
      return answer;
    } catch (error) {
      this.report.fails(error);
      if (isNDomainError(error, 'ND_BACKEND_UNREACHABLE')) this.#signals.doubt();
      throw error;
    }
  }

  async #take(max: number): Promise<Nothing | readonly RedisMessageTransaction[]> {
    const lease = new HeldLease();
    const { connection, fence, endpoint, partition } = this.#queue;
    const args: ScriptArgument[] = [lease.name, Math.min(max, MOST_AT_ONCE), this.#leaseMs];
    if (fence !== undefined) args.push(...fence.args);
    // At once, and not with the other calls of this turn: what is in hand is handled while the server looks for more.
    const answer = (await connection.run(this.#script, this.#keys, args)) as Nothing | readonly string[] | 'lost';
    if (answer === 'lost') throw new PartitionLostError(endpoint, partition);
    if (isNothing(answer)) return answer;
    return answer.map((item) => new RedisMessageTransaction(item, lease.add(), this.#queue, this.#settler, this.#open));
  }

  /** Until something may have become ready, or the signal is aborted. */
  #wait([nextInMs, lastSignal]: Nothing, rings: number, signal: AbortSignal): Promise<void> {
    const bell = this.#signals.bell(this.#queue.name);
    this.#signals.listen(lastSignal);
    if (bell.rings !== rings) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        timer?.cancel();
        stopListening();
        signal.removeEventListener('abort', wake);
        resolve();
      };
      // The server's clock may be set meanwhile, or this machine suspended: then it is looked again within half a minute.
      const inMs = Math.min(nextInMs, LONGEST_UNSEEN_MS);
      const timer = nextInMs < 0 ? undefined : this.#queue.clock.schedule(inMs, wake, { background: true });
      const stopListening = bell.onRing(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }
}

function isNothing(answer: readonly unknown[]): answer is Nothing {
  return typeof answer[0] === 'number';
}

/** All together, so that they come back in order. */
async function giveBack(transactions: readonly MessageTransaction[]): Promise<void> {
  await Promise.allSettled(transactions.map((transaction) => transaction.release()));
}
