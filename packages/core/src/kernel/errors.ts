/**
 * Every error that this library raises on purpose. Each has a stable `code`, which survives minifiers, bundlers and two
 * copies of the package in one process: prefer {@link isNDomainError} over `instanceof`. `docs/reference/errors.md` lists
 * them all, and a test keeps that page and this file equal.
 */
export abstract class NDomainError extends Error {
  abstract readonly code: ErrorCode;

  override get name(): string {
    return this.constructor.name;
  }
}

/** Tells whether a caught value is an error of this library, and of the given code when one is given. */
export function isNDomainError(error: unknown, code?: ErrorCode): error is NDomainError {
  try {
    if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return false;
    return code === undefined ? Object.hasOwn(ERROR_CODES, error.code) : error.code === code;
  } catch {
    // Whatever was thrown that cannot be looked at, it is none of ours.
    return false;
  }
}

/** Every code, with the one-line meaning that the reference page shows. */
export const ERROR_CODES = {
  ND_AGGREGATE_NOT_BOUND: 'A repository was asked for an aggregate that the context does not know.',
  ND_AGGREGATE_NOT_FOUND: 'There is no stream for this aggregate id.',
  ND_ASYNC_METHOD: 'A method that has to be through when it returns gave back a promise.',
  ND_BACKEND_UNREACHABLE: 'A storage or transport could not be reached in the stated time.',
  ND_BROKEN_MESSAGE: 'A queue entry is not one of our messages, or is damaged.',
  ND_CONCURRENCY: 'Somebody else appended to the stream first.',
  ND_CONFIGURATION: 'The configuration is missing something or contradicts itself.',
  ND_CORRUPT_EVENT: 'A stored event cannot be decoded.',
  ND_EFFECT_WITHIN_UPDATE: 'The callback of an update sent a message or changed another aggregate.',
  ND_HANDLER_TIMEOUT: 'A handler did not finish in time and was aborted.',
  ND_INVALID_APPEND: 'The events of an append do not follow from the expected version.',
  ND_INVALID_ID: 'An id is empty, longer than 1 KiB, or holds half of a character.',
  ND_INVALID_OPTION: 'An option has a value outside its range.',
  ND_INVALID_PAYLOAD: 'A payload does not fit the schema declared for its message.',
  ND_KEY_PARKED: 'An earlier message of the same key is among the dead letters, so this one follows it.',
  ND_LEASE_LOST: 'A received message is no longer ours: its lease ran out and it was given to somebody else.',
  ND_NEVER_FINISHED: 'A message was delivered again and again, and its handler neither succeeded nor failed.',
  ND_NEWER_EVENT: 'A stored event has a revision that this version of the program does not know.',
  ND_NOT_REPRESENTABLE: 'A payload holds something that cannot be stored or sent.',
  ND_PAYLOAD_TOO_LARGE: 'A payload is larger than the backend takes.',
  ND_STOPPED: 'The context was stopped.',
  ND_STORAGE_FULL: 'The storage has no room left.',
  ND_UNKNOWN_COMPONENT: 'A message is addressed to a component that this endpoint does not have.',
  ND_UNKNOWN_EVENT: 'A stream holds an event that its State has no method for.',
  ND_UNKNOWN_MESSAGE: 'A message name is not declared in the registered message maps.',
  ND_UNROUTED_MESSAGE: 'Nobody subscribes to a message that was sent.',
  ND_UNSUPPORTED: 'The chosen backend cannot do what was asked.',
  ND_UPCAST_FAILED: 'The code that brings an old event up to date threw.',
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** G4: of n concurrent appends with one expected version one succeeds, the others get this. Load again and retry. */
export class ConcurrencyError extends NDomainError {
  readonly code = 'ND_CONCURRENCY';
  readonly streamId: string;
  readonly expectedVersion: number;
  readonly currentVersion: number;

  constructor(streamId: string, expectedVersion: number, currentVersion: number) {
    super(`The stream "${streamId}" is at version ${currentVersion}, but version ${expectedVersion} was expected.`);
    this.streamId = streamId;
    this.expectedVersion = expectedVersion;
    this.currentVersion = currentVersion;
  }
}

/** Raised by `find` and `update` when there is no such aggregate. `createOrUpdate` and `findOrDefault` start a new one. */
export class AggregateNotFoundError extends NDomainError {
  readonly code = 'ND_AGGREGATE_NOT_FOUND';
  readonly aggregateName: string;
  readonly aggregateId: string;

  constructor(aggregateName: string, aggregateId: string) {
    super(
      `There is no ${aggregateName} with id "${aggregateId}". Use createOrUpdate() or findOrDefault() to start one.`,
    );
    this.aggregateName = aggregateName;
    this.aggregateId = aggregateId;
  }
}

export class AggregateNotBoundError extends NDomainError {
  readonly code = 'ND_AGGREGATE_NOT_BOUND';
  readonly aggregateName: string;

  constructor(aggregateName: string, bound: readonly string[]) {
    super(
      `The aggregate ${aggregateName} is not bound (bound: ${listed(bound)}). ` +
        `Add it: .eventSourcing(c => c.bind(${aggregateName}))`,
    );
    this.aggregateName = aggregateName;
  }
}

/** A stream holds an event that today's State cannot apply: the name was changed without saying so, or code is missing. */
export class UnknownEventError extends NDomainError {
  readonly code = 'ND_UNKNOWN_EVENT';
  readonly streamId: string;
  readonly version: number;
  readonly eventName: string;

  constructor(streamId: string, version: number, eventName: string, known: readonly string[]) {
    super(
      `The stream "${streamId}" holds "${eventName}" at version ${version}, but its State knows ${listed(known)}. ` +
        `Add on${eventName}(…) to the State, or tell its new name: eventHistory().renamed('${eventName}', …).`,
    );
    this.streamId = streamId;
    this.version = version;
    this.eventName = eventName;
  }
}

/** A stored payload cannot be decoded. The stream is not half-loaded: the load as a whole fails. */
export class CorruptEventError extends NDomainError {
  readonly code = 'ND_CORRUPT_EVENT';
  readonly streamId: string;
  readonly version: number;

  constructor(streamId: string, version: number, cause: unknown) {
    super(`The event at version ${version} of the stream "${streamId}" cannot be decoded: ${messageOf(cause)}`, {
      cause,
    });
    this.streamId = streamId;
    this.version = version;
  }
}

export class UpcastError extends NDomainError {
  readonly code = 'ND_UPCAST_FAILED';
  readonly streamId: string;
  readonly version: number;
  readonly eventName: string;

  constructor(streamId: string, version: number, eventName: string, cause: unknown) {
    super(
      `"${eventName}" at version ${version} of the stream "${streamId}" could not be brought up to date: ${messageOf(cause)}`,
      { cause },
    );
    this.streamId = streamId;
    this.version = version;
    this.eventName = eventName;
  }
}

/**
 * A newer version of the program stored an event in a form that this one does not know, as after a deployment that was rolled back. It
 * is not applied as if it were of a form that is known.
 */
export class NewerEventError extends NDomainError {
  readonly code = 'ND_NEWER_EVENT';
  readonly streamId: string;
  readonly version: number;
  readonly eventName: string;
  readonly revision: number;
  readonly knownRevision: number;

  constructor(streamId: string, version: number, eventName: string, revision: number, knownRevision: number) {
    super(
      `"${eventName}" at version ${version} of the stream "${streamId}" has revision ${revision}, and this program knows revisions ` +
        `up to ${knownRevision}: a newer version of it stored that. Run that version, or a newer one.`,
    );
    this.streamId = streamId;
    this.version = version;
    this.eventName = eventName;
    this.revision = revision;
    this.knownRevision = knownRevision;
  }
}

/**
 * The callback of `repository.update` is called again after a conflict, and not called when its message comes a second time: what it
 * sends would leave twice, or be lost.
 */
export class EffectWithinUpdateError extends NDomainError {
  readonly code = 'ND_EFFECT_WITHIN_UPDATE';
  readonly streamId: string;

  constructor(what: string, streamId: string) {
    super(
      `${what} within the callback of an update of "${streamId}", which may be called several times, or not at all. ` +
        'Do it after the update: await sales.update(id, (sale) => sale.placeOrder(order)); await commands.send(…);',
    );
    this.streamId = streamId;
  }
}

/** An append with no event, or whose sequence ids are not expectedVersion + 1, + 2, … Nothing was written. */
export class InvalidAppendError extends NDomainError {
  readonly code = 'ND_INVALID_APPEND';
  readonly streamId: string;

  constructor(streamId: string, problem: string) {
    super(`Cannot append to the stream "${streamId}": ${problem}`);
    this.streamId = streamId;
  }
}

export class InvalidIdError extends NDomainError {
  readonly code = 'ND_INVALID_ID';

  constructor(what: string, problem: string) {
    super(`Not a usable ${what}: ${problem}`);
  }
}

/** G11: raised when it is sent or appended, so that nothing half-written is left. `path` reads like `$.order.lines[2]`. */
export class NotRepresentableError extends NDomainError {
  readonly code = 'ND_NOT_REPRESENTABLE';
  readonly path: string;

  constructor(path: string, found: string) {
    super(
      `The payload holds ${found} at ${path}. It can hold null, booleans, numbers, strings, arrays and plain objects, ` +
        'and Date, bigint, Map, Set and Uint8Array.',
    );
    this.path = path;
  }
}

/** Both sizes are in bytes, as counted by the backend. Nothing was written. */
export class PayloadTooLargeError extends NDomainError {
  readonly code = 'ND_PAYLOAD_TOO_LARGE';
  readonly size: number;
  readonly limit: number;

  constructor(what: string, size: number, limit: number) {
    super(`${what} has ${size} bytes, and the limit is ${limit}.`);
    this.size = size;
    this.limit = limit;
  }
}

/** The declared schema refused the payload. `issues` are the validator's own, each with its path in words. */
export class InvalidPayloadError extends NDomainError {
  readonly code = 'ND_INVALID_PAYLOAD';
  readonly messageName: string;
  readonly issues: readonly string[];

  constructor(messageName: string, issues: readonly string[]) {
    super(`The payload of "${messageName}" does not fit its schema: ${issues.join('; ')}`);
    this.messageName = messageName;
    this.issues = issues;
  }
}

export class UnknownMessageError extends NDomainError {
  readonly code = 'ND_UNKNOWN_MESSAGE';
  readonly messageName: string;

  constructor(messageName: string, known: readonly string[], where = '') {
    const near = known.find((name) => name.toLowerCase() === messageName.toLowerCase());
    super(
      `${where}There is no message "${messageName}".` +
        `${near === undefined ? '' : ` Did you mean "${near}"?`} Known are ${listed(known)}. ` +
        'Correct the name, or declare the message: .messages(…).',
    );
    this.messageName = messageName;
  }
}

export class UnroutedMessageError extends NDomainError {
  readonly code = 'ND_UNROUTED_MESSAGE';
  readonly messageName: string;

  constructor(messageName: string) {
    super(
      `Nobody subscribes to "${messageName}": no running or earlier started endpoint has a handler for it. ` +
        `Register one, or accept it: .bus(c => c.onUnrouted('warn')).`,
    );
    this.messageName = messageName;
  }
}

export class BrokenMessageError extends NDomainError {
  readonly code = 'ND_BROKEN_MESSAGE';

  constructor(problem: string, cause?: unknown) {
    super(`A queue entry is not a message of this library, or is damaged: ${problem}`, { cause });
  }
}

export class UnknownComponentError extends NDomainError {
  readonly code = 'ND_UNKNOWN_COMPONENT';
  readonly endpoint: string;
  readonly component: string;
  readonly messageName: string;

  constructor(endpoint: string, component: string, messageName: string, known: readonly string[]) {
    super(
      `The endpoint "${endpoint}" has no component "${component}" that handles "${messageName}" (it has ${listed(known)}). ` +
        'Was the handler removed or renamed while messages for it were waiting? Register it again and retry the dead letter.',
    );
    this.endpoint = endpoint;
    this.component = component;
    this.messageName = messageName;
  }
}

/** G8: a message that comes back again and again without ever having failed: it ends the process that handles it. */
export class NeverFinishedError extends NDomainError {
  readonly code = 'ND_NEVER_FINISHED';
  readonly deliveries: number;

  constructor(component: string, messageName: string, deliveries: number) {
    super(
      `${component} was given "${messageName}" ${deliveries} times and never finished with it: ` +
        'the process died, or stood still for longer than its lease. Look for what ends it, then retry the dead letter.',
    );
    this.deliveries = deliveries;
  }
}

/** G7: the handler's signal was aborted with this as its reason, and the message counts as failed. */
export class HandlerTimeoutError extends NDomainError {
  readonly code = 'ND_HANDLER_TIMEOUT';
  readonly timeoutMs: number;

  constructor(component: string, messageName: string, timeoutMs: number) {
    super(`${component} did not handle "${messageName}" within ${timeoutMs} ms.`);
    this.timeoutMs = timeoutMs;
  }
}

export class LeaseLostError extends NDomainError {
  readonly code = 'ND_LEASE_LOST';
  readonly messageId: string;

  constructor(messageId: string, endpoint: string) {
    super(`The message "${messageId}" on "${endpoint}" is no longer leased to this receiver.`);
    this.messageId = messageId;
  }
}

/** G5: on an ordered endpoint nothing overtakes a message that was given up on: what follows it in its key waits with it. */
export class KeyParkedError extends NDomainError {
  readonly code = 'ND_KEY_PARKED';
  readonly key: string;

  constructor(key: string) {
    super(
      `An earlier message of the key "${key}" is among the dead letters. ` +
        'Mend the cause and resume the key: context.deadLetters(endpoint).resumeKey(key).',
    );
    this.key = key;
  }
}

/** An `on<Event>` method of a State or projection returned a promise: what it does after that would come too late. */
export class AsyncMethodError extends NDomainError {
  readonly code = 'ND_ASYNC_METHOD';

  constructor(method: string, because: string, returned: unknown) {
    super(
      `${method} returned a promise, and ${because}. Write it without async and await: what it needs has to be in the event.`,
    );
    // Nobody waits for it, so nobody would be told.
    if (returned instanceof Promise) returned.catch(() => undefined);
  }
}

/** Raised by `start()` or while configuring, always with the line to write. */
export class ConfigurationError extends NDomainError {
  readonly code = 'ND_CONFIGURATION';
}

export class InvalidOptionError extends NDomainError {
  readonly code = 'ND_INVALID_OPTION';
  readonly option: string;

  constructor(option: string, expected: string, got: unknown) {
    super(`Expected ${option} to be ${expected}, got ${shown(got)}.`);
    this.option = option;
  }
}

export class StoppedError extends NDomainError {
  readonly code = 'ND_STOPPED';

  constructor(what: string) {
    super(`${what}: the context was stopped.`);
  }
}

export class UnsupportedError extends NDomainError {
  readonly code = 'ND_UNSUPPORTED';

  constructor(backend: string, what: string, fix: string) {
    super(`${backend} cannot ${what}. ${fix}`);
  }
}

export class BackendUnreachableError extends NDomainError {
  readonly code = 'ND_BACKEND_UNREACHABLE';

  constructor(backend: string, address: string, waitedMs: number, cause: unknown) {
    super(`${backend} at ${address} could not be reached within ${waitedMs} ms: ${messageOf(cause)}`, { cause });
  }
}

/** The disk is full, or a limit of the storage is reached. Of what was to be written nothing is stored; what was stored before is there. */
export class StorageFullError extends NDomainError {
  readonly code = 'ND_STORAGE_FULL';

  constructor(storage: string, cause: unknown) {
    super(`"${storage}" has no room left (${messageOf(cause)}). Make room, or raise its limit; nothing was written.`, {
      cause,
    });
  }
}

/** The message of anything that was thrown. Never throws: it is asked in the worst moments. */
export function messageOf(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown);
  } catch {
    return 'something was thrown that has no text';
  }
}

function listed(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  const first = names.slice(0, 20).map((name) => `"${name}"`);
  return names.length > 20 ? `${first.join(', ')} and ${names.length - 20} more` : first.join(', ');
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}n`;
  return typeof value === 'function' || (typeof value === 'object' && value !== null)
    ? `a ${typeof value}`
    : String(value);
}
