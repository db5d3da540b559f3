import { DomainContext, type Logger } from '@ndomain/core';
import type { Probe } from './probe.ts';
import type { SimulationScenario } from './scenario.ts';
import type { Servers } from './servers.ts';
import { SimulatedProcess, type ProcessHost } from './simulated-process.ts';

/** Until a process that ended has a successor, in milliseconds at most. */
const LONGEST_ABSENCE_MS = 5_000;

/** A place that one process fills at a time: when it dies, another begins. */
export class Role {
  readonly #name: string;
  readonly #place: number;
  readonly #scenario: SimulationScenario;
  readonly #servers: Servers;
  readonly #probe: Probe;
  readonly #host: ProcessHost;
  #count = 0;
  #process: SimulatedProcess | undefined;
  #context: DomainContext | undefined;
  #isClosed = false;

  constructor(
    name: string,
    place: number,
    scenario: SimulationScenario,
    servers: Servers,
    probe: Probe,
    host: ProcessHost,
  ) {
    this.#name = name;
    this.#place = place;
    this.#scenario = scenario;
    this.#servers = servers;
    this.#probe = probe;
    this.#host = host;
  }

  /** How many processes have filled the place. */
  get generations(): number {
    return this.#count;
  }

  get process(): SimulatedProcess | undefined {
    return this.#process;
  }

  /** The context, while one runs. */
  get context(): DomainContext | undefined {
    return this.#process?.isDead === false ? this.#context : undefined;
  }

  begin(): void {
    if (this.#isClosed) return;
    const name = `${this.#name} ${this.#place}.${++this.#count}`;
    const process = new SimulatedProcess(name, this.#name, this.#host, () => this.#successor(process));
    this.#process = process;
    this.#context = undefined;
    void this.#start(process);
  }

  /** Stops the process in good order, as a deployment does. Another begins when it is through. */
  async restart(): Promise<void> {
    const process = this.#process;
    const context = this.context;
    if (process === undefined || context === undefined) return;
    this.#context = undefined;
    this.#host.trace.note(process.name, 'is stopped');
    await context.stop();
    if (process.isDead) return;
    this.#host.trace.note(process.name, 'has stopped');
    process.end();
    this.#successor(process);
  }

  /** No process follows any more. */
  close(): void {
    this.#isClosed = true;
  }

  #successor(process: SimulatedProcess): void {
    if (this.#process !== process) return;
    this.#host.clock.schedule(this.#host.random.between(1, LONGEST_ABSENCE_MS), () => this.begin());
  }

  async #start(process: SimulatedProcess): Promise<void> {
    this.#host.trace.note(process.name, 'begins');
    const builder = DomainContext.configure()
      .with(this.#servers.reachedBy(process))
      .clock(process.clock)
      .logging((c) => c.logger(this.#logger(process)))
      .eventSourcing((c) => c.bind(...this.#scenario.aggregates));
    this.#scenario.configure(builder, process.role);
    this.#probe.register(builder, process);
    try {
      const context = await builder.start();
      this.#host.trace.note(process.name, 'runs');
      process.hasStarted();
      this.#context = context;
    } catch (error) {
      this.#host.trace.remark(process.name, `could not start: ${String(error)}`);
      process.die();
    }
  }

  #logger({ name }: SimulatedProcess): Logger {
    const remark = (_: object, message: string): void => this.#host.trace.remark(name, message);
    return { debug: () => undefined, info: remark, warn: remark, error: remark };
  }
}
