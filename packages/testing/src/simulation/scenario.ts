import type { AggregateClass, DomainContext, DomainContextBuilder, MessageHeaders, StreamEvent } from '@ndomain/core';
import type { SeededRandom } from './seeded-random.ts';

/** What is simulated: a domain, and the outside world that uses it. Made anew for each run, so it may remember. */
export interface SimulationScenario {
  /** The aggregates that the processes load; their events are watched. */
  readonly aggregates: readonly AggregateClass[];

  /**
   * One process of each role runs at a time; when one dies, another takes its place. A role may be named more than once.
   * @default ['worker', 'worker']
   */
  readonly roles?: readonly string[] | undefined;

  /**
   * How many times one message may change one aggregate, over all of its handlers.
   * @default 1
   */
  readonly changesPerMessage?: number | undefined;

  /**
   * True when one aggregate's commands are handled one at a time: on an ordered endpoint, by its key. Its events are then queued in the
   * order of its stream, and it is checked that they are handled so. Otherwise two commands at once may publish in either order, and what
   * is checked is that an ordered endpoint keeps the order in which messages were queued.
   * @default false
   */
  readonly ordersCommands?: boolean | undefined;

  /** Configures a process: its endpoints, and whatever differs from the defaults. The seams, the clock and the logger are given. */
  configure(builder: DomainContextBuilder, role: string): unknown;

  /** What the outside world does next. Called once per step. */
  act(world: SimulatedWorld): void;

  /** Further invariants, looked at when all has come to rest. To throw where one does not hold. */
  check?(end: SimulationEnd): void | Promise<void>;
}

/** The outside world. */
export interface SimulatedWorld {
  /** All chance is to come from here. */
  readonly random: SeededRandom;
  /** From 1. */
  readonly step: number;

  /** Sends a command by one of the processes. It may fail, or never be answered; and it may be sent again later with the same id. */
  readonly send: (command: SimulatedCommand) => void;

  /** Lets one of the processes do something else. */
  readonly ask: (what: (context: DomainContext) => Promise<unknown>) => void;
}

export interface SimulatedCommand {
  readonly name: string;
  readonly payload: unknown;
  /** Not by chance: two runs of one seed must agree. */
  readonly id: string;
  readonly key?: string | undefined;
  readonly headers?: MessageHeaders | undefined;
}

/** What is there when all has come to rest. */
export interface SimulationEnd {
  /** A process that works. */
  readonly context: DomainContext;
  /** All that was stored, in order. */
  readonly events: readonly StreamEvent[];
  /** The commands that were sent, each once. */
  readonly sent: readonly SimulatedCommand[];
  /** The ids of those whose sender was told that they are queued. */
  readonly accepted: ReadonlySet<string>;
}
