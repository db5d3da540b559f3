import type { Clock } from '@ndomain/core';
import type { CallRunner } from '../faults/call-runner.ts';
import { InjectedFault } from '../faults/fault-plan.ts';
import { ProcessClock } from './process-clock.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { SimulationFaults } from './simulation-faults.ts';
import type { Trace } from './trace.ts';

/** Where the processes of a simulation run. */
export interface ProcessHost {
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly trace: Trace;
  /** Absent: nothing goes wrong. */
  readonly faults: SimulationFaults | undefined;
}

type CallFault = 'crashBefore' | 'crashAfter' | 'failBefore' | 'loseAnswer' | 'delay' | 'duplicate' | 'pause';

/**
 * One process, as far as the servers are concerned: all that it asks of them goes through {@link run}. It can die at each such call, and
 * then nothing that its code still does has any effect; and it can stand still while the others go on.
 */
export class SimulatedProcess implements CallRunner {
  readonly name: string;
  readonly role: string;
  readonly clock: ProcessClock;
  readonly #host: ProcessHost;
  readonly #onDeath: () => void;
  readonly #connections = new Set<() => void>();
  #isDead = false;
  #pausedUntil: PromiseWithResolvers<void> | undefined;

  constructor(name: string, role: string, host: ProcessHost, onDeath: () => void) {
    this.name = name;
    this.role = role;
    this.clock = new ProcessClock(host.clock);
    this.#host = host;
    this.#onDeath = onDeath;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  get isPaused(): boolean {
    return this.#pausedUntil !== undefined;
  }

  get host(): ProcessHost {
    return this.#host;
  }

  /** True when something with this rate is to go wrong now. */
  strikes(rate: 'leaseLoss' | 'reorder'): boolean {
    const { faults, random } = this.#host;
    return faults !== undefined && !this.#isDead && random.chance(faults[rate]);
  }

  /** Makes a call to a server, as chance will have it. */
  async run<T>(method: string, call: () => Promise<T>): Promise<T> {
    await this.#untilAwake();
    const fault = this.#draw();
    this.#note(fault === undefined ? method : `${method} [${fault}]`);
    switch (fault) {
      case 'crashBefore':
        this.die();
        return never();
      case 'failBefore':
        await this.#untilAwake();
        throw new InjectedFault('failBefore', method);
      case 'delay':
        await this.#delay();
        break;
      case 'pause':
        this.#pauseForAWhile();
        await this.#untilAwake();
        break;
      case 'duplicate':
        await settled(call());
        break;
      default:
    }
    if (this.#isDead) return never();
    const answer = settled(call());
    if (fault === 'crashAfter') this.die();
    const { value, error } = await answer;
    await this.#untilAwake();
    if (error !== undefined) throw error.thrown;
    if (fault === 'loseAnswer') throw new InjectedFault('loseAnswer', method);
    return value as T;
  }

  /** What is to be cut when the process dies. Returns how to say that it is closed. */
  connect(cut: () => void): () => void {
    if (this.#isDead) cut();
    this.#connections.add(cut);
    return () => this.#connections.delete(cut);
  }

  die(): void {
    if (this.#isDead) return;
    this.#note('dies');
    this.end();
    this.#onDeath();
  }

  /** Cuts it off from all servers, whether it knows or not. */
  end(): void {
    this.#isDead = true;
    this.clock.end();
    for (const cut of this.#connections) cut();
    this.#connections.clear();
  }

  wakeUp(): void {
    const paused = this.#pausedUntil;
    if (paused === undefined || this.#isDead) return;
    this.#note('goes on');
    this.#pausedUntil = undefined;
    this.clock.resume();
    paused.resolve();
  }

  #pauseForAWhile(): void {
    const { clock, random, faults } = this.#host;
    if (this.#pausedUntil !== undefined || faults === undefined) return;
    this.#pausedUntil = Promise.withResolvers();
    this.clock.pause();
    clock.schedule(random.between(1, faults.longestPauseMs), () => this.wakeUp());
  }

  async #delay(): Promise<void> {
    const { clock, random, faults } = this.#host;
    const delayMs = random.between(1, faults?.longestDelayMs ?? 1);
    await new Promise<void>((resolve) => {
      clock.schedule(delayMs, resolve);
    });
    await this.#untilAwake();
  }

  #untilAwake(): Promise<void> | undefined {
    if (this.#isDead) return never();
    // It may have been paused again, or have died, by the time that it goes on.
    return this.#pausedUntil?.promise.then(() => this.#untilAwake());
  }

  #draw(): CallFault | undefined {
    const { faults, random } = this.#host;
    if (faults === undefined) return undefined;
    let drawn = random.next();
    for (const fault of ['crash', 'failBefore', 'loseAnswer', 'delay', 'duplicate', 'pause'] as const) {
      const rate = faults[fault];
      if (drawn < rate) return fault !== 'crash' ? fault : drawn < rate / 2 ? 'crashBefore' : 'crashAfter';
      drawn -= rate;
    }
    return undefined;
  }

  #note(what: string): void {
    this.#host.trace.note(this.name, what);
  }
}

/** What a dead process waits for. One of its own each time, so that who waits can be forgotten. */
function never(): Promise<never> {
  return new Promise<never>(() => undefined);
}

interface Settled<T> {
  readonly value?: T;
  readonly error?: { readonly thrown: unknown };
}

async function settled<T>(call: Promise<T>): Promise<Settled<T>> {
  try {
    return { value: await call };
  } catch (thrown) {
    return { error: { thrown } };
  }
}
