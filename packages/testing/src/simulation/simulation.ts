import type { DomainContext } from '@ndomain/core';
import { microtasks } from '../time/microtasks.ts';
import { VirtualClock } from '../time/virtual-clock.ts';
import { checkAll } from './checks.ts';
import { Probe } from './probe.ts';
import { Role } from './role.ts';
import type { SimulationScenario, SimulatedCommand, SimulatedWorld } from './scenario.ts';
import { SeededRandom } from './seeded-random.ts';
import { Servers, type SimulatedServers } from './servers.ts';
import type { ProcessHost } from './simulated-process.ts';
import type { SimulationFaults } from './simulation-faults.ts';
import type { SimulationResult } from './simulation-result.ts';
import { Trace } from './trace.ts';
import { GUARANTEES, type Violation } from './violation.ts';

/** How long everything may take to come to rest once nothing goes wrong any more, in milliseconds. */
const HEAL_MS = 900_000;
/** How long a stop may take, in milliseconds. */
const STOP_MS = 120_000;

export interface SimulationSettings {
  readonly seed: number;
  readonly steps: number;
  readonly faults: SimulationFaults;
  readonly servers: (clock: VirtualClock) => SimulatedServers;
}

/** One run of one seed. */
export class Simulation implements ProcessHost {
  readonly clock = new VirtualClock({ rest: microtasks });
  readonly random: SeededRandom;
  readonly trace: Trace;
  readonly #settings: SimulationSettings;
  readonly #scenario: SimulationScenario;
  readonly #servers: Servers;
  readonly #probe: Probe;
  readonly #roles: readonly Role[];
  readonly #begunAt: number;
  readonly #violations: Violation[] = [];
  readonly #sent = new Map<string, SimulatedCommand>();
  readonly #accepted = new Set<string>();
  #faults: SimulationFaults | undefined;
  #step = 0;
  #faultCount = 0;

  constructor(settings: SimulationSettings, scenario: SimulationScenario) {
    this.#settings = settings;
    this.#scenario = scenario;
    this.random = new SeededRandom(settings.seed);
    this.trace = new Trace(() => this.clock.now());
    this.#begunAt = this.clock.now();
    const note = (what: string): void => this.trace.note('servers', what);
    const { changesPerMessage = 1, roles = ['worker', 'worker'] } = scenario;
    const report = this.#report.bind(this);
    this.#servers = new Servers(settings.servers(this.clock), this.clock, changesPerMessage, note, report);
    this.#probe = new Probe(scenario, this.#servers.messages, report);
    this.#roles = roles.map((name, i) => new Role(name, i + 1, scenario, this.#servers, this.#probe, this));
  }

  get faults(): SimulationFaults | undefined {
    return this.#faults;
  }

  onFault(): void {
    this.#faultCount++;
  }

  async run(): Promise<SimulationResult> {
    this.#faults = this.#settings.faults;
    if (await this.#beginAll()) {
      await this.#takeSteps();
      await this.#heal();
      await this.#check();
      await this.#stopAll();
    }
    return {
      seed: this.#settings.seed,
      violations: this.#violations,
      traceHash: this.trace.hash,
      trace: this.trace.last,
      figures: {
        commands: this.#sent.size,
        events: this.#servers.events.events.size,
        messages: this.#servers.messages.messages.size,
        processes: this.#roles.reduce((sum, { generations }) => sum + generations, 0),
        faults: this.#faultCount,
        virtualMs: this.clock.now() - this.#begunAt,
      },
    };
  }

  /** As the scenario sees it. Its functions may be taken out of it. */
  #world(step: number): SimulatedWorld {
    return {
      random: this.random,
      step,
      send: (command) => this.#send(command),
      ask: (what) => this.#ask(what),
    };
  }

  #send(command: SimulatedCommand): void {
    const { id, name, payload, key, headers } = command;
    this.#sent.set(id, command);
    this.trace.note('world', `sends ${name} ${id}`);
    this.#ask(async (context) => {
      await context.commandBus.send(name, payload, { id, key, headers });
      this.#accepted.add(id);
    });
  }

  #ask(what: (context: DomainContext) => Promise<unknown>): void {
    const contexts = this.#roles.map(({ context }) => context).filter((context) => context !== undefined);
    if (contexts.length > 0) void this.#asked(what, this.random.pick(contexts));
  }

  async #asked(what: (context: DomainContext) => Promise<unknown>, context: DomainContext): Promise<void> {
    try {
      await what(context);
    } catch (error) {
      this.trace.remark('world', `was told: ${String(error)}`);
    }
  }

  /** All subscriptions are known before the first command. */
  async #beginAll(): Promise<boolean> {
    for (const role of this.#roles) role.begin();
    const allRun = await this.#until(() => this.#roles.every(({ context }) => context !== undefined), HEAL_MS);
    if (!allRun) this.#report('start', 'the processes did not start');
    return allRun;
  }

  async #takeSteps(): Promise<void> {
    const { steps, faults } = this.#settings;
    const { random } = this;
    for (let step = 1; step <= steps; step++) {
      this.#step = step;
      this.#scenario.act(this.#world(step));
      if (this.#sent.size > 0 && random.chance(faults.resend)) this.#send(random.pick([...this.#sent.values()]));
      if (random.chance(faults.restart)) void random.pick(this.#roles).restart();
      await this.clock.advance(this.#pause());
    }
    this.#step = 0;
  }

  /** Mostly short, so that much happens at once; sometimes long enough for leases to run out. */
  #pause(): number {
    const { random } = this;
    if (random.chance(0.6)) return random.between(0, 20);
    return random.chance(0.8) ? random.between(0, 1_000) : random.between(0, 20_000);
  }

  /** Nothing goes wrong any more, and an operator returns what was given up. */
  async #heal(): Promise<void> {
    this.trace.note('world', 'heals');
    this.#faults = undefined;
    for (const { process } of this.#roles) process?.wakeUp();
    await this.clock.advance(this.#settings.faults.longestDelayMs);
    if (!(await this.#untilAtRest())) return;
    let returned = 0;
    for (const endpoint of this.#servers.messages.endpoints) {
      returned += await this.#servers.messages.deadLetters(endpoint).retry('all');
    }
    if (returned > 0) {
      this.trace.note('world', `returns ${returned} dead letters`);
      await this.#untilAtRest();
    }
  }

  async #untilAtRest(): Promise<boolean> {
    const { messages, events } = this.#servers;
    const isAtRest = (): boolean =>
      messages.waiting === 0 &&
      events.uncommittedCount === 0 &&
      this.#roles.every(({ context }) => context !== undefined);
    const cameToRest = await this.#until(isAtRest, HEAL_MS);
    if (!cameToRest) {
      const left = `${messages.waiting} messages and ${events.uncommittedCount} uncommitted appends are left`;
      this.#report(GUARANTEES.noLostMessage, `after ${HEAL_MS / 1_000} s without faults ${left}`);
    }
    return cameToRest;
  }

  async #check(): Promise<void> {
    await checkAll(this.#servers, this.#probe, this.#accepted, this.#report.bind(this));
    const context = this.#roles.find(({ context }) => context !== undefined)?.context;
    if (context === undefined) return;
    try {
      const { events } = await this.#servers.events.readAll(undefined, Number.MAX_SAFE_INTEGER);
      const sent = [...this.#sent.values()];
      await this.#scenario.check?.({ context, events, sent, accepted: this.#accepted });
    } catch (error) {
      this.#report('the scenario', error instanceof Error ? error.message : String(error));
    }
  }

  /** G9: a stop ends, and leaves nothing running and nothing in hand. */
  async #stopAll(): Promise<void> {
    let running = this.#roles.length;
    for (const role of this.#roles) {
      role.close();
      void this.#stop(role).then(() => running--);
    }
    if (!(await this.#until(() => running === 0, STOP_MS))) {
      this.#report(GUARANTEES.stopMeansStop, `${running} processes have not stopped after ${STOP_MS / 1_000} s`);
    }
    for (const endpoint of this.#servers.messages.endpoints) {
      const { inFlight } = await this.#servers.messages.figures(endpoint);
      if (inFlight > 0)
        this.#report(GUARANTEES.stopMeansStop, `"${endpoint}" has ${inFlight} in flight after the stop`);
    }
  }

  async #stop({ context, process }: Role): Promise<void> {
    await context?.stop();
    const timers = process?.clock.pending ?? 0;
    if (timers > 0) this.#report(GUARANTEES.stopMeansStop, `${process?.name} has ${timers} timers after its stop`);
  }

  /** Moves time on, timer by timer, until something is so. */
  async #until(isSo: () => boolean, withinMs: number): Promise<boolean> {
    const end = this.clock.now() + withinMs;
    await this.clock.settle();
    while (!isSo()) {
      const next = this.clock.nextDueAt;
      if (next > end) return false;
      await this.clock.advanceTo(next);
    }
    return true;
  }

  #report(guarantee: string, what: string): void {
    this.trace.remark('VIOLATION', `${guarantee}: ${what}`);
    this.#violations.push({ guarantee, step: this.#step, what });
  }
}
