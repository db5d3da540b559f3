// The public surface: what is not listed here cannot be reached.

// Aggregates
export { Aggregate, type AggregateClass, type EventsOf, type PendingEvent } from './aggregates/aggregate.ts';
export { AggregateDefinition } from './aggregates/aggregate-definition.ts';
export { AggregateRepository } from './aggregates/aggregate-repository.ts';
export { State, type Mutates, type StateClass } from './aggregates/state.ts';
export type { KeepsItself } from './aggregates/state-keeper.ts';

// Event sourcing
export type { AggregateEvent, StreamEvent } from './event-sourcing/aggregate-event.ts';
export { EventForms, type EventForm } from './event-sourcing/event-forms.ts';
export { EventHistory, eventHistory } from './event-sourcing/event-history.ts';
export {
  EventStore,
  type EventStoreOptions,
  type AppendAndPublish,
  type PublishEvents,
  type RecoveryResult,
  type UncommittedFigures,
} from './event-sourcing/event-store.ts';
export type {
  AppendResult,
  EventStoreCapabilities,
  EventStoreDb,
  GlobalPage,
  StreamPage,
  StreamRange,
  UncommittedAppend,
  UncommittedQuery,
} from './event-sourcing/event-store-db.ts';
export { LocalEventStoreDb } from './event-sourcing/local-event-store-db.ts';
export { LocalSnapshotStore } from './event-sourcing/local-snapshot-store.ts';
export { RECOVERY_DEFAULTS, type RecoveryOptions } from './event-sourcing/recovery-loop.ts';
export type { Snapshot, SnapshotStore } from './event-sourcing/snapshot-store.ts';
export { aggregateIdOf, aggregateNameOf, streamIdOf } from './event-sourcing/stream-id.ts';

// Messages
export { HEADERS, type Message, type MessageHeaders, type TransportMessage } from './bus/message.ts';
export type { MessageHandler } from './bus/handling.ts';
export type { OnUnrouted } from './bus/message-bus.ts';
export type { Processor } from './bus/processor.ts';
export type { Claim } from './bus/subscriptions/claims.ts';
export {
  recoverability,
  RECOVERABILITY_DEFAULTS,
  type Failure,
  type RecoverabilityOptions,
  type RecoverabilityPolicy,
  type Recovery,
} from './bus/recoverability.ts';
export {
  DeadLetterTool,
  type DeadLetterFilter,
  type DeadLetterGroup,
  type WhichDeadLetters,
} from './bus/dead-letter-tool.ts';
export type { ComponentFigures, HandlingTimes } from './bus/figures.ts';
export { LocalInbox, type Inbox } from './bus/inbox.ts';
export { orderingKeyOf, partitionOf } from './bus/ordering-key.ts';
export { THROTTLE_DEFAULTS, type ThrottleOptions } from './bus/throttle.ts';
export { WORKER_DEFAULTS, type WorkerOptions } from './bus/worker-options.ts';
export { subscriptionOf, type Subscription } from './bus/subscriptions/subscription.ts';
export {
  LocalSubscriptionBroker,
  type SubscriptionBroker,
  type SubscriptionChange,
  type SubscriptionListener,
} from './bus/subscriptions/subscription-broker.ts';
export { LocalSubscriptionStore, type SubscriptionStore } from './bus/subscriptions/subscription-store.ts';
export type { DeadLetter, DeadLetterReason, DeadLetters } from './bus/transport/dead-letters.ts';
export { LocalTransport } from './bus/transport/local-transport.ts';
export type {
  BrokenMessage,
  InboundTransport,
  MessageTransaction,
  QueueFigures,
  ReceivedMessage,
  ReceiverOptions,
  Transport,
  TransportCapabilities,
} from './bus/transport/transport.ts';

// Commands, events, handlers
export { DECORATED_HANDLERS, type HandlerClass } from './cqrs/class-handlers.ts';
export { CommandBus, type CommandItem, type CommandSender, type SendAndWaitOptions } from './cqrs/command-bus.ts';
export { EventBus, type EventPublisher } from './cqrs/event-bus.ts';
export type { HandlerFunction, Handles, ListensTo } from './cqrs/handler-types.ts';
export type { OutgoingItem, SendOptions } from './cqrs/message-sender.ts';

// Outcomes
export type { CommandRejected } from './outcomes/outcome-hooks.ts';
export {
  Outcomes,
  type Failed,
  type Handled,
  type Outcome,
  type OutcomeWait,
  type Rejected,
} from './outcomes/outcomes.ts';

// Projections
export { LocalQueryStore } from './projections/local-query-store.ts';
export { Projection, type ProjectionClass, type Projects } from './projections/projection.ts';
export type { Query, QueryPage, QueryStore } from './projections/query-store.ts';
export type { Views } from './projections/views.ts';

// The whole
export type { Backend, BackendServices, Provider, Subscriptions } from './context/backend.ts';
export { DomainContext } from './context/domain-context.ts';
export type { ContextHealth, ContextStats, EndpointStats } from './context/figures.ts';
export type { BusBuilder, DomainContextBuilder, EventSourcingBuilder } from './context/domain-context-builder.ts';
export type {
  FunctionHandlers,
  HandlerFactory,
  HandlerOptions,
  ProcessorBuilder,
} from './context/processor-builder.ts';
export type { Resolver } from './context/settings.ts';

// Kernel
export type { EnlistedSend } from './kernel/enlisted-send.ts';
export {
  LONGEST_UNSEEN_MS,
  scheduleAt,
  sleep,
  systemClock,
  type Clock,
  type Timer,
  type TimerOptions,
} from './kernel/clock.ts';
export { DomainError, type ErrorClass, type Rejection } from './kernel/domain-error.ts';
export * from './kernel/errors.ts';
export type { HealthState, PartHealth } from './kernel/health.ts';
export { newId } from './kernel/ids.ts';
export { decode, encode } from './kernel/json.ts';
export { LocalLeases, type Lease, type Leases } from './kernel/leases.ts';
export { consoleLogger, silentLogger, type Logger } from './kernel/logger.ts';
export type { MessageContext } from './kernel/message-context.ts';
export type { InstanceIn, MessageDefinitions, NameOf, PayloadAt, PayloadOf } from './kernel/message-map.ts';
export { copyPayload } from './kernel/payload.ts';
export { isPromise, type PromiseOrValue } from './kernel/promise-or-value.ts';
export type { SchemaIssue, SchemaResult, StandardSchema } from './kernel/standard-schema.ts';
