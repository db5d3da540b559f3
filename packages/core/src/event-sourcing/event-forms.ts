import { NewerEventError } from '../kernel/errors.ts';
import type { MessageRegistry } from '../kernel/message-registry.ts';
import { copyAgain, membersOf } from '../kernel/payload.ts';
import type { AggregateEvent } from './aggregate-event.ts';
import type { EventHistory } from './event-history.ts';
import { streamIdOf } from './stream-id.ts';

/** How the events of one kind of aggregate are read. */
export interface EventForm {
  readonly history: EventHistory;
  /** The classes of its events, where the aggregate names them. */
  readonly messages: MessageRegistry;
}

/**
 * What stored events are today: of today's name and revision, as instances of their classes, with all their metadata. Whoever reads an event goes
 * through here, whether it came from a stream, from all streams or as a message, so all see the same.
 */
export class EventForms {
  readonly #forms: ReadonlyMap<string, EventForm>;
  readonly #messages: MessageRegistry;

  /** `forms` by the aggregates' names; `messages` for the events of aggregates that do not name their classes. */
  constructor(forms: ReadonlyMap<string, EventForm>, messages: MessageRegistry) {
    this.#forms = forms;
    this.#messages = messages;
  }

  /** The names under which messages of events may still come, or be sent by older processes, that are called `name` today. */
  formerNamesOf(name: string): readonly string[] {
    return [...new Set([...this.#forms.values()].flatMap(({ history }) => history.formerNamesOf(name)))];
  }

  /** Today's form as plain data, as it is published. Throws `ND_UPCAST_FAILED` and `ND_NEWER_EVENT`. */
  current(aggregateName: string, event: AggregateEvent): AggregateEvent {
    const form = this.#forms.get(aggregateName);
    return form === undefined ? event : form.history.upcast(event, streamIdOf(aggregateName, event.aggregateId));
  }

  /** Today's form, as its readers get it. Throws as {@link current} does. */
  whole(aggregateName: string, event: AggregateEvent): AggregateEvent {
    const current = this.current(aggregateName, event);
    const payload = this.#hydrated(aggregateName, current.name, current.payload);
    return payload === current.payload ? current : { ...current, payload };
  }

  /** The same for a page of one stream. */
  wholePage(aggregateName: string, events: readonly AggregateEvent[]): readonly AggregateEvent[] {
    if (!this.isPlain(aggregateName)) return events.map((event) => this.whole(aggregateName, event));
    if (this.#forms.has(aggregateName)) for (const event of events) checkFirst(aggregateName, event);
    return events;
  }

  /** A copy of an event that has today's form, for a reader who may change it. */
  copyOf(aggregateName: string, event: AggregateEvent): AggregateEvent {
    const { aggregateId, sequenceId, date, name, revision, transactionId } = event;
    const metadata = Object.isFrozen(event.metadata) ? event.metadata : Object.freeze({ ...event.metadata });
    const payload = this.#hydrated(aggregateName, name, copyAgain(membersOf(event.payload)));
    return { aggregateId, sequenceId, date: new Date(date), name, revision, payload, transactionId, metadata };
  }

  /** Whether events of the first revision are read as they are stored: none has ever changed, and they have no classes. */
  isPlain(aggregateName: string): boolean {
    const form = this.#forms.get(aggregateName);
    const hasClasses = this.#messages.hasClasses || form?.messages.hasClasses === true;
    return !hasClasses && (form === undefined || form.history.isEmpty);
  }

  #hydrated(aggregateName: string, name: string, payload: unknown): unknown {
    const own = this.#forms.get(aggregateName)?.messages;
    return (own?.classOf(name) === undefined ? this.#messages : own).hydrate(name, payload);
  }
}

function checkFirst(aggregateName: string, { aggregateId, sequenceId, name, revision }: AggregateEvent): void {
  if (revision === 1) return;
  throw new NewerEventError(streamIdOf(aggregateName, aggregateId), sequenceId, name, revision, 1);
}
