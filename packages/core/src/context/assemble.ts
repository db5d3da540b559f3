import { ConfigurationError } from '../kernel/errors.ts';
import { guardedLogger } from '../kernel/logger.ts';
import { Gate } from '../kernel/gate.ts';
import { MessageRegistry } from '../kernel/message-registry.ts';
import { LocalLeases, type Leases } from '../kernel/leases.ts';
import { LocalInbox } from '../bus/inbox.ts';
import { MessageBus } from '../bus/message-bus.ts';
import { Processor } from '../bus/processor.ts';
import { LocalSubscriptionBroker } from '../bus/subscriptions/subscription-broker.ts';
import { LocalSubscriptionStore } from '../bus/subscriptions/subscription-store.ts';
import { SubscriptionManager } from '../bus/subscriptions/subscription-manager.ts';
import { LocalTransport } from '../bus/transport/local-transport.ts';
import type { Transport } from '../bus/transport/transport.ts';
import type { AggregateClass } from '../aggregates/aggregate.ts';
import { AggregateCache } from '../aggregates/aggregate-cache.ts';
import { AggregateDefinition } from '../aggregates/aggregate-definition.ts';
import type { RepositoryServices } from '../aggregates/aggregate-repository.ts';
import { outcomeHooks } from '../outcomes/outcome-hooks.ts';
import { Outcomes } from '../outcomes/outcomes.ts';
import { CommandBus } from '../cqrs/command-bus.ts';
import { EventBus } from '../cqrs/event-bus.ts';
import { MessageSender } from '../cqrs/message-sender.ts';
import { EventForms } from '../event-sourcing/event-forms.ts';
import { EventStore } from '../event-sourcing/event-store.ts';
import type { EventStoreDb } from '../event-sourcing/event-store-db.ts';
import { LocalEventStoreDb } from '../event-sourcing/local-event-store-db.ts';
import { LocalSnapshotStore } from '../event-sourcing/local-snapshot-store.ts';
import { RecoveryLoop } from '../event-sourcing/recovery-loop.ts';
import { reportIfChanged } from '../projections/changed-projections.ts';
import { LocalQueryStore } from '../projections/local-query-store.ts';
import { ProjectionDefinition } from '../projections/projection-definition.ts';
import { appendAndPublishIn } from './append-and-publish.ts';
import { provide, type BackendServices } from './backend.ts';
import { RunningContext } from './running-context.ts';
import { handlerTable, type HandlerServices } from './handler-table.ts';
import type { Settings } from './settings.ts';
import { ShutDown } from './shut-down.ts';

/** The composition root: what a context is made of, and in which order it begins to run. */
export async function assemble(settings: Settings): Promise<RunningContext> {
  const { clock } = settings;
  const logger = guardedLogger(settings.logger);
  const services: BackendServices = { clock, logger };
  const shutDown = new ShutDown(logger);
  try {
    // 1. What the user declared, as tables.
    const registry = registryOf(settings);
    const definitions = definitionsOf(settings.aggregates);
    const forms = new EventForms(new Map([...definitions.values()].map(({ name, form }) => [name, form])), registry);
    if (settings.cacheCapacity !== undefined || settings.snapshotEvery !== undefined) {
      for (const { keeper } of definitions.values()) keeper.check();
    }

    // 2. The backends.
    for (const backend of settings.backends) {
      await backend.open?.(services);
      shutDown.add(async () => {
        await backend.close?.();
      });
    }
    const transport = provide<Transport>(settings.transport ?? ((s) => new LocalTransport(s.clock)), services);
    const db = provide<EventStoreDb>(settings.eventStore ?? ((s) => new LocalEventStoreDb(s.clock)), services);
    const queryStore = provide(settings.queries ?? ((s) => new LocalQueryStore(s.clock)), services);
    const subscriptions = provide(settings.subscriptions ?? localSubscriptions, services);
    const inbox = provide(settings.inbox ?? ((s) => new LocalInbox(s.clock)), services);
    const leases = provide<Leases>(settings.leases ?? ((s) => new LocalLeases(s.clock)), services);
    // What was passed in ready-made may be shared: whoever made it disposes of it.
    if (transport !== settings.transport) {
      shutDown.add(async () => {
        await transport[Symbol.asyncDispose]();
      });
    }

    const gate = new Gate();

    // 3. The bus, and the event store that publishes over it.
    const manager = new SubscriptionManager(subscriptions.store, subscriptions.broker, clock, logger);
    const bus = new MessageBus(transport, manager, logger);
    const outcomes = new Outcomes(queryStore);
    const eventBus = new EventBus(new MessageSender(bus, registry, clock, gate, 'warn'), bus);
    const commandBus = new CommandBus(new MessageSender(bus, registry, clock, gate, settings.onUnrouted), outcomes);
    const eventStore = new EventStore(db, (streamId, events) => eventBus.publishStored(streamId, events), {
      forms,
      appendAndPublish: appendAndPublishIn(db, transport, eventBus),
      gate,
    });

    const hooks = outcomeHooks(outcomes, bus, settings.publishesRejections);
    const recovery = new RecoveryLoop(eventStore, leases, settings.recovery, clock, logger);

    // 4. The context, with which handlers are made.
    const processors: Processor[] = [];
    const context = new RunningContext({
      eventStore,
      forms,
      commandBus,
      eventBus,
      queryStore,
      outcomes,
      transport,
      registry,
      logger,
      definitions,
      repositoryServices: repositoryServicesOf(settings, eventStore, gate, services),
      processors,
      recovery,
      backends: settings.backends,
      clock,
      gate,
      stop: () => shutDown.run(),
    });
    const handlerServices: HandlerServices = {
      context,
      resolver: settings.resolver,
      registry,
      forms,
      inbox,
      outcomes,
      eventNames: new Set([...definitions.values()].flatMap(({ eventNames }) => eventNames)),
    };
    for (const processor of settings.processors) {
      transport.checkEndpointName(processor.endpoint);
      checkOnlyOne(processors, processor.endpoint);
      const handlers = handlerTable(processor, handlerServices);
      const processorServices = { bus, transport, subscriptions: manager, leases, clock, logger, outcomes: hooks };
      processors.push(new Processor(processor.endpoint, handlers, processor.worker, processorServices));
    }

    for (const projection of projectionsOf(settings)) await reportIfChanged(projection, queryStore, logger);

    // 5. Run: all subscriptions are known before the first handler sends anything.
    await manager.start();
    shutDown.add(() => manager.stop());
    for (const processor of processors) await processor.subscribe();
    for (const processor of processors) processor.start();
    shutDown.add(async () => {
      await Promise.all(processors.map((processor) => processor.stop()));
    });
    recovery.start();
    shutDown.add(() => recovery.stop());
    return context;
  } catch (error) {
    await shutDown.run();
    throw error;
  }
}

function registryOf(settings: Settings): MessageRegistry {
  const registry = new MessageRegistry();
  for (const map of settings.messages) registry.register(map);
  return registry;
}

function definitionsOf(aggregates: readonly AggregateClass[]): Map<AggregateClass, AggregateDefinition> {
  const definitions = new Map<AggregateClass, AggregateDefinition>();
  for (const aggregate of aggregates) {
    const definition = new AggregateDefinition(aggregate);
    for (const other of definitions.values()) {
      if (other.name !== definition.name) continue;
      throw new ConfigurationError(
        `The aggregate ${definition.name} is bound twice. Bind it once; ` +
          `if these are two classes, name one: static readonly aggregateName = 'Another${definition.name}';`,
      );
    }
    definitions.set(aggregate, definition);
  }
  return definitions;
}

function repositoryServicesOf(
  settings: Settings,
  eventStore: EventStore,
  gate: Gate,
  services: BackendServices,
): RepositoryServices {
  const { snapshotEvery, cacheCapacity, conflictRetries } = settings;
  const { clock, logger } = services;
  const snapshotStore = (): LocalSnapshotStore => new LocalSnapshotStore();
  return {
    eventStore,
    gate,
    clock,
    logger,
    conflictRetries,
    cache: cacheCapacity === undefined ? undefined : new AggregateCache(cacheCapacity),
    snapshots:
      snapshotEvery === undefined
        ? undefined
        : { every: snapshotEvery, store: provide(settings.snapshots ?? snapshotStore, services) },
  };
}

function projectionsOf({ processors }: Settings): ProjectionDefinition[] {
  const registrations = processors.flatMap((processor) => processor.registrations);
  return registrations.flatMap((each) => (each.kind === 'projection' ? [new ProjectionDefinition(each.class)] : []));
}

function localSubscriptions(): { store: LocalSubscriptionStore; broker: LocalSubscriptionBroker } {
  return { store: new LocalSubscriptionStore(), broker: new LocalSubscriptionBroker() };
}

function checkOnlyOne(processors: readonly Processor[], endpoint: string): void {
  if (!processors.some((processor) => processor.endpoint === endpoint)) return;
  throw new ConfigurationError(
    `The endpoint "${endpoint}" is configured twice, so each would remove the other's subscriptions. ` +
      'Register all its handlers in one .withProcessor(…).',
  );
}
