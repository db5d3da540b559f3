import type { Clock, PromiseOrValue } from '@ndomain/core';
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
  /** Called for each thing that goes wrong. */
  onFault(): void;
}

type CallFault = 'crashBefore' | 'crashAfter' | 'failBefore' | 'loseAnswer' | 'delay' | 'duplicate' | 'pause';

/** A start is many calls, and ends with the first that fails: at the full rate hardly any would succeed. */
const RATE_WHILE_STARTING = 0.25;

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
  readonly #waits = new Set<() => void>();
  #isStarting = true;
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
    if (faults === undefined || this.#isDead || !random.chance(faults[rate])) return false;
    this.#host.onFault();
    return true;
  }

  /** It runs: from now on things go wrong at their full rate. */
  hasStarted(): void {
    this.#isStarting = false;
  }

  /** Makes a call to a server, as chance will have it. */
  run<T>(method: string, call: () => PromiseOrValue<T>): Promise<T> {
    // What it throws at once is an answer like any other.
    const calling = async (): Promise<T> => call();
    return this.#canGoOn ? this.#begin(method, calling) : this.#beginLater(method, calling);
  }

  /** What is to be cut when the process dies. Returns how to say that it is closed. */
  connect(cut: () => void): () => void {
    if (this.#isDead) cut();
    this.#connections.add(cut);
    return () => this.#connections.delete(cut);
  }

  /** What waits at a server for something to come: ends when the process dies, and when it stands still. */
  wait(end: () => void): () => void {
    if (this.#isDead || this.isPaused) end();
    this.#waits.add(end);
    return () => this.#waits.delete(end);
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
    this.#endWaits();
  }

  wakeUp(): void {
    const paused = this.#pausedUntil;
    if (paused === undefined || this.#isDead) return;
    this.#note('goes on');
    this.#pausedUntil = undefined;
    this.clock.resume();
    paused.resolve();
  }

  get #canGoOn(): boolean {
    return !this.#isDead && this.#pausedUntil === undefined;
  }

  #begin<T>(method: string, call: () => Promise<T>): Promise<T> {
    const fault = this.#draw();
    if (fault !== undefined) this.#host.onFault();
    this.#note(fault === undefined ? method : `${method} [${fault}]`);
    return fault === undefined ? this.#answered(call()) : this.#goWrong(fault, method, call);
  }

  async #beginLater<T>(method: string, call: () => Promise<T>): Promise<T> {
    await this.#untilAwake();
    return this.#begin(method, call);
  }

  /** The answer, once the process is there to hear it. */
  async #answered<T>(answer: Promise<T>): Promise<T> {
    try {
      const value = await answer;
      if (!this.#canGoOn) await this.#untilAwake();
      return value;
    } catch (error) {
      if (!this.#canGoOn) await this.#untilAwake();
      throw error;
    }
  }

  async #goWrong<T>(fault: CallFault, method: string, call: () => Promise<T>): Promise<T> {
    switch (fault) {
      case 'crashBefore':
        this.die();
        break;
      case 'crashAfter': {
        const answer = call();
        this.die();
        return this.#answered(answer);
      }
      case 'failBefore':
        await this.#untilAwake();
        throw new InjectedFault(fault, method);
      case 'loseAnswer':
        await this.#answered(call());
        throw new InjectedFault(fault, method);
      case 'delay':
        await this.#delay();
        break;
      case 'pause':
        this.#pauseForAWhile();
        await this.#untilAwake();
        break;
      case 'duplicate':
        // What the first one says is not heard.
        await Promise.allSettled([call()]);
        break;
    }
    return this.#isDead ? never() : this.#answered(call());
  }

  #pauseForAWhile(): void {
    const { clock, random, faults } = this.#host;
    if (this.#pausedUntil !== undefined || faults === undefined) return;
    this.#pausedUntil = Promise.withResolvers();
    this.clock.pause();
    this.#endWaits();
    clock.schedule(random.between(1, faults.longestPauseMs), () => this.wakeUp());
  }

  #endWaits(): void {
    for (const end of this.#waits) end();
    this.#waits.clear();
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
    let drawn = random.next() / (this.#isStarting ? RATE_WHILE_STARTING : 1);
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
