import type { Script, ScriptArgument, ScriptCall } from '../../connection/script.ts';
import type { HeldLease, Place } from './held-lease.ts';
import type { Queue } from './queue.ts';
import { SETTLE, SETTLE_UNDER_LEASE } from './scripts/settle-script.ts';
import { ExtendStep, SettleStep, type StepName } from './settle-step.ts';

/** An extension that is asked for, and where the message is if it is granted. */
export interface Extension {
  readonly isOurs: Promise<boolean>;
  readonly place: Place;
}

/**
 * Tells the server what became of the messages that one receiver has received: in one call all that came up in one turn of the event loop, or while
 * the answer to the call before was waited for.
 *
 * A call may run twice, when its answer is lost: what it moved is then not found again, and its leases are still there, because a lease
 * is ended only by a later call, after it was confirmed that all its messages are finished.
 */
export class Settler {
  readonly #queue: Queue;
  readonly #script: Script;
  readonly #keys: string[];
  #steps: SettleStep[] = [];
  /** The step that further messages of a lease can join, so that what becomes of them keeps its order. */
  readonly #open = new Map<HeldLease, SettleStep>();
  /** Leases whose messages are all finished. */
  #ended: string[] = [];
  #isBusy = false;

  constructor(queue: Queue) {
    this.#queue = queue;
    const { ready, first, later, held, leases } = queue.keys;
    const { counters, signals, deadLetters, parkedKeys } = queue.endpointKeys;
    const { fence } = queue;
    this.#script = fence === undefined ? SETTLE : SETTLE_UNDER_LEASE;
    this.#keys = [ready, first, later, held, leases, counters, signals, deadLetters, parkedKeys];
    if (fence !== undefined) this.#keys.push(fence.key);
  }

  /** The message goes for good. Each of these resolves with whether it was still ours. */
  commit({ lease, number }: Place): Promise<boolean> {
    const step = this.#step('commit', lease);
    step.args.push(number);
    return step.isOurs;
  }

  /** The message goes behind the others, counted, or uncounted to its place; after a delay in milliseconds. */
  putBack({ lease, number }: Place, isCounted: boolean, delayMs: number): Promise<boolean> {
    const step = this.#step('putBack', lease);
    step.args.push(number, isCounted ? 1 : 0, delayMs);
    return step.isOurs;
  }

  /** The message goes to the dead letters. `letter` is its ordering key, its kind and the reason, as the script takes them. */
  bury({ lease, number }: Place, letter: readonly [key: string, kind: string, reason: string]): Promise<boolean> {
    const step = this.#step('bury', lease);
    step.args.push(number, ...letter);
    return step.isOurs;
  }

  /** The message is leased for so many milliseconds from now. */
  extend({ lease, number }: Place, leaseMs: number): Extension {
    const open = this.#open.get(lease);
    const step =
      open instanceof ExtendStep && open.leaseMs === leaseMs ? open : this.#add(new ExtendStep(lease, leaseMs));
    step.count++;
    step.args.push(number);
    return { isOurs: step.isOurs, place: step.target.add() };
  }

  #step(name: StepName, lease: HeldLease): SettleStep {
    const open = this.#open.get(lease);
    const step = open?.name === name ? open : this.#add(new SettleStep(name, lease));
    step.count++;
    return step;
  }

  #add<Step extends SettleStep>(step: Step): Step {
    this.#steps.push(step);
    this.#open.set(step.lease, step);
    if (!this.#isBusy) {
      this.#isBusy = true;
      void this.#run();
    }
    return step;
  }

  /** Never rejects: what fails is told to those who wait for a step. */
  async #run(): Promise<void> {
    while (this.#steps.length > 0) {
      let steps: readonly SettleStep[] = [];
      let ended: readonly string[] = [];
      try {
        const lost = await this.#queue.roundTrips.join(() => {
          steps = this.#steps;
          ended = this.#ended;
          return this.#take();
        });
        this.#settled(steps, lost as readonly number[] | 'lost');
      } catch (error) {
        this.#ended.push(...ended);
        for (const step of steps) step.reject(error);
      }
    }
    this.#isBusy = false;
  }

  /** The call for all steps that there are, and none of them any more. */
  #take(): ScriptCall {
    const args: ScriptArgument[] = [this.#queue.name, ...(this.#queue.fence?.args ?? [])];
    for (const { name, lease, args: own, isWhole } of this.#steps) {
      if (isWhole) args.push('commit', lease.member, 0);
      else {
        args.push(name, lease.member, own.length);
        for (const arg of own) args.push(arg);
      }
    }
    for (const member of this.#ended) args.push('end', member, 0);
    this.#steps = [];
    this.#ended = [];
    this.#open.clear();
    return { script: this.#script, keys: this.#keys, args };
  }

  /** `lost`: which of the steps; or all, because the partition was. */
  #settled(steps: readonly SettleStep[], lost: readonly number[] | 'lost'): void {
    for (const [i, { lease, count, resolve }] of steps.entries()) {
      const isOurs = lost !== 'lost' && !lost.includes(i);
      if (isOurs && lease.finish(count)) this.#ended.push(lease.member);
      resolve(isOurs);
    }
  }
}
