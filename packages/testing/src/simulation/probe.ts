import { AggregateDefinition, type DomainContextBuilder, type MessageContext } from '@ndomain/core';
import type { SimulationScenario } from './scenario.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import { GUARANTEES, type Report } from './violation.ts';
import type { WitnessTransport } from './witness-transport.ts';

/** The endpoint on which a simulation itself listens. */
export const PROBE_ENDPOINT = 'simulation';
const COMPONENT = 'probe';

/** Listens to every event of every aggregate, in order, in every process, and remembers what it was told (G1, G5). */
export class Probe {
  /** How far each stream was seen. */
  readonly #seen = new Map<string, number>();
  readonly #eventNames: readonly string[];
  readonly #queue: WitnessTransport;
  readonly #ordersCommands: boolean;
  readonly #report: Report;
  /** The messages that were seen, by their ids. */
  readonly #ids = new Set<string>();

  constructor({ aggregates, ordersCommands = false }: SimulationScenario, queue: WitnessTransport, report: Report) {
    this.#eventNames = aggregates.flatMap((aggregate) => new AggregateDefinition(aggregate).eventNames);
    this.#queue = queue;
    this.#ordersCommands = ordersCommands;
    this.#report = report;
  }

  /** How far a stream was seen. */
  seen(streamId: string): number {
    return this.#seen.get(streamId) ?? 0;
  }

  register(builder: DomainContextBuilder, process: SimulatedProcess): void {
    builder.bus((c) =>
      c.withProcessor((p) => {
        const events = p
          .endpoint(PROBE_ENDPOINT)
          .ordered({ partitions: 2, partitionLeaseMs: 9_000 })
          .lease(8_000)
          .events<Record<string, unknown>>();
        for (const name of new Set(this.#eventNames)) {
          events.handle(name, (_, context) => this.#handle(context, process), { component: COMPONENT });
        }
        return p;
      }),
    );
  }

  // Its effect is outside of the process, as that of a handler is: it can fail, come late, or never.
  async #handle(context: MessageContext, process: SimulatedProcess): Promise<void> {
    await process.run('probe', async () => this.#see(context));
  }

  #see({ messageId, aggregateName, aggregateId, sequenceId, name }: MessageContext): void {
    const stream = `${aggregateName}/${aggregateId}`;
    const seen = this.seen(stream);
    if (this.#ordersCommands && sequenceId > seen + 1) {
      const problem = `${messageId} (${name}) was handled before the event ${seen + 1} of its stream`;
      this.#report(GUARANTEES.order, problem);
    }
    if (!this.#ids.has(messageId)) this.#checkQueue(messageId, stream);
    this.#ids.add(messageId);
    this.#seen.set(stream, Math.max(seen, sequenceId));
  }

  #checkQueue(messageId: string, key: string): void {
    for (const earlier of this.#queue.queuedFor(PROBE_ENDPOINT, COMPONENT, key)) {
      if (earlier === messageId) return;
      if (this.#ids.has(earlier)) continue;
      this.#report(GUARANTEES.order, `${messageId} was handled before ${earlier}, which was queued before it`);
    }
  }
}
