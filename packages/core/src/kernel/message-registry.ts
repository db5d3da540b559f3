import { ConfigurationError, InvalidPayloadError, UnknownMessageError } from './errors.ts';
import type { MessageDefinitions } from './message-map.ts';
import { define } from './payload.ts';
import { describeIssue, isStandardSchema, type SchemaResult, type StandardSchema } from './standard-schema.ts';

/** A message together with the name under which its class stands in a message map. */
export interface NamedPayload {
  readonly name: string;
  readonly payload: object;
}

/**
 * The message maps that exist at run time. It checks payloads against their validators where they enter, finds the name of
 * an instance by its class, and gives payloads of class maps their prototype back.
 */
export class MessageRegistry {
  readonly #schemas = new Map<string, StandardSchema>();
  readonly #prototypes = new Map<string, object>();
  readonly #names = new Map<object, string>();
  readonly #classes = new Map<string, object>();
  readonly #declared = new Set<string>();

  /** True when message maps were registered, so that a name outside of them must be a mistake. */
  get isComplete(): boolean {
    return this.#declared.size > 0;
  }

  /** True when some message maps are of classes, so that payloads are to be given prototypes. */
  get hasClasses(): boolean {
    return this.#prototypes.size > 0;
  }

  /** The classes in the registered maps, by the names of their messages. */
  get classes(): Readonly<Record<string, object>> {
    return Object.fromEntries(this.#classes);
  }

  /** Registering the same definition again changes nothing. Two definitions of one name: `ND_CONFIGURATION`. */
  register(definitions: MessageDefinitions | readonly string[]): void {
    if (Array.isArray(definitions)) {
      for (const name of definitions as readonly string[]) this.#declared.add(name);
      return;
    }
    for (const [name, definition] of Object.entries(definitions)) this.#registerOne(name, definition);
  }

  #registerOne(name: string, definition: unknown): void {
    const known = this.#schemas.get(name) ?? this.#prototypes.get(name);
    const entry = isStandardSchema(definition) ? definition : prototypeOf(name, definition);
    if (known !== undefined && known !== entry) {
      throw new ConfigurationError(
        `The message "${name}" is declared twice, with different definitions. Give one of them another name.`,
      );
    }
    this.#declared.add(name);
    if (isStandardSchema(entry)) {
      this.#schemas.set(name, entry);
    } else {
      this.#prototypes.set(name, entry);
      this.#names.set(entry, name);
      this.#classes.set(name, definition as object);
    }
  }

  has(name: string): boolean {
    return this.#declared.has(name);
  }

  get names(): readonly string[] {
    return [...this.#declared];
  }

  /** The name of an instance of a class in a registered map. Throws `ND_UNKNOWN_MESSAGE`. */
  nameOf(instance: object): string {
    const prototype: unknown = Object.getPrototypeOf(instance);
    const name = typeof prototype === 'object' && prototype !== null ? this.#names.get(prototype) : undefined;
    if (name === undefined) throw new UnknownMessageError(instance.constructor.name, [...this.#prototypes.keys()]);
    return name;
  }

  /** True when the message's payloads have to pass a validator. */
  isChecked(name: string): boolean {
    return this.#schemas.has(name);
  }

  /** The payload as its validator returns it (defaults filled in, values coerced). Throws `ND_INVALID_PAYLOAD`. */
  async check(name: string, payload: unknown): Promise<unknown> {
    const schema = this.#schemas.get(name);
    if (schema === undefined) return payload;
    const result: SchemaResult<unknown> = await schema['~standard'].validate(payload);
    if (result.issues !== undefined) throw new InvalidPayloadError(name, result.issues.map(describeIssue));
    return result.value;
  }

  /** The class of a message, where its map is one of classes. */
  classOf(name: string): object | undefined {
    return this.#classes.get(name);
  }

  /**
   * The payload as an instance of its class, where the message's map is one of classes; one that is an instance already, as it is. Its
   * members become the instance's own, whatever their names: what is called `__proto__` replaces no prototype.
   */
  hydrate(name: string, payload: unknown): unknown {
    const prototype = this.#prototypes.get(name);
    if (prototype === undefined || typeof payload !== 'object' || payload === null) return payload;
    if (Object.getPrototypeOf(payload) === prototype) return payload;
    const instance = Object.create(prototype) as Record<string, unknown>;
    for (const key of Object.keys(payload)) define(instance, key, (payload as Record<string, unknown>)[key]);
    return instance;
  }

  /** The payload as plain data, where it is an instance of the message's class; everything else as it is. */
  plain(name: string, payload: unknown): unknown {
    const prototype = this.#prototypes.get(name);
    if (prototype === undefined || typeof payload !== 'object' || payload === null) return payload;
    return Object.getPrototypeOf(payload) === prototype ? { ...payload } : payload;
  }
}

function prototypeOf(name: string, definition: unknown): object {
  if (typeof definition === 'function' && typeof definition.prototype === 'object' && definition.prototype !== null) {
    return definition.prototype as object;
  }
  throw new ConfigurationError(
    `The message "${name}" is declared as ${typeof definition}; it must be a Standard Schema validator or a class.`,
  );
}
