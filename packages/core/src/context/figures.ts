import type { Clock } from '../kernel/clock.ts';
import type { HealthState, PartHealth } from '../kernel/health.ts';
import type { ComponentFigures } from '../bus/figures.ts';
import type { Processor } from '../bus/processor.ts';
import type { QueueFigures, Transport } from '../bus/transport/transport.ts';
import type { EventStore, UncommittedFigures } from '../event-sourcing/event-store.ts';
import type { RecoveryLoop } from '../event-sourcing/recovery-loop.ts';
import type { Backend } from './backend.ts';

/** How the whole is: as its worst part. */
export interface ContextHealth {
  readonly state: HealthState;
  readonly parts: readonly PartHealth[];
}

export interface ContextStats {
  readonly endpoints: readonly EndpointStats[];
  /** Appends that are stored and not known to be published. */
  readonly uncommitted: UncommittedFigures;
}

/** What waits at an endpoint, for all processes, and what this one has done there. */
export interface EndpointStats extends QueueFigures {
  readonly endpoint: string;
  /** How long the first of those that are ready has waited, in milliseconds. */
  readonly oldestAgeMs: number;
  readonly components: readonly ComponentFigures[];
}

const FROM_WORST: readonly HealthState[] = ['failing', 'stopped', 'starting', 'healthy'];

export function healthOf(
  processors: readonly Processor[],
  recovery: RecoveryLoop,
  backends: readonly Backend[],
): ContextHealth {
  const ofBackends = backends.flatMap((backend) => backend.health?.() ?? []);
  const parts = [...processors.map(({ health }) => health), recovery.health, ...ofBackends];
  const state = FROM_WORST.find((each) => parts.some((part) => part.state === each)) ?? 'healthy';
  return { state, parts };
}

export async function statsOf(
  processors: readonly Processor[],
  transport: Transport,
  eventStore: EventStore,
  clock: Clock,
): Promise<ContextStats> {
  const [uncommitted, ...endpoints] = await Promise.all([
    eventStore.uncommitted(clock),
    ...processors.map((processor) => endpointStats(processor, transport, clock)),
  ]);
  return { endpoints, uncommitted };
}

async function endpointStats(processor: Processor, transport: Transport, clock: Clock): Promise<EndpointStats> {
  const queue = await transport.figures(processor.endpoint);
  const oldestAgeMs = queue.oldestReadyAt === undefined ? 0 : Math.max(0, clock.now() - queue.oldestReadyAt);
  return { endpoint: processor.endpoint, ...queue, oldestAgeMs, components: processor.figures };
}
