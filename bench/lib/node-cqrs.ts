import { createRequire } from 'node:module';

/*
 * The parts of node-cqrs that are measured. Its index also loads its container, which needs a package that is only on GitHub, so the parts are
 * loaded one by one; and its own types are for the container's users.
 */

const load = createRequire(import.meta.url);

export interface NodeCqrsEvent {
  readonly aggregateId: string;
  readonly type: string;
  readonly payload: unknown;
}

export declare class NodeCqrsAggregate {
  constructor(options: { id: string; events?: readonly NodeCqrsEvent[]; state?: object });
  protected emit(type: string, payload: unknown): void;
}

export interface NodeCqrsEventStore {
  getAggregateEvents(id: string): Promise<readonly NodeCqrsEvent[]>;
}

export interface NodeCqrsCommandBus {
  send(type: string, aggregateId: string, options: { payload: unknown }): Promise<unknown>;
}

export const AbstractAggregate = load('node-cqrs/src/AbstractAggregate.js') as typeof NodeCqrsAggregate;
export const AggregateCommandHandler = load('node-cqrs/src/AggregateCommandHandler.js') as new (options: {
  eventStore: NodeCqrsEventStore;
  aggregateType: unknown;
}) => { subscribe(bus: NodeCqrsCommandBus): void };
export const EventStore = load('node-cqrs/src/EventStore.js') as new (options: {
  storage: object;
}) => NodeCqrsEventStore;
export const CommandBus = load('node-cqrs/src/CommandBus.js') as new () => NodeCqrsCommandBus;
export const InMemoryEventStorage = load('node-cqrs/src/infrastructure/InMemoryEventStorage.js') as new () => object;
