import { isNative, mayHavePrivates } from './class-source.ts';

/** What begins the name of a class that nobody has named: it means something in this process alone. */
const UNNAMED = '~';

/** Why instances of a class cannot be kept, or what they are kept under. */
type Verdict = { readonly name: string; readonly problem?: undefined } | { readonly problem: string };

/**
 * The classes of which a State may hold instances, by the names under which they are kept. A class that was not declared gets a name of this
 * process, which is good enough for a cache and for nothing that outlives it.
 */
export class KeptClasses {
  readonly #verdicts = new Map<object, Verdict>();
  readonly #prototypes = new Map<string, object>();

  /** `declared`: name → class. */
  constructor(declared: Readonly<Record<string, object>> = {}) {
    for (const [name, aClass] of Object.entries(declared)) {
      const prototype: unknown = 'prototype' in aClass ? aClass.prototype : undefined;
      if (typeof prototype === 'object' && prototype !== null) this.#add(prototype, name);
    }
  }

  /** The name under which instances with this prototype are kept, or why they cannot be. */
  verdictOn(prototype: object): Verdict {
    return this.#verdicts.get(prototype) ?? this.#add(prototype, `${UNNAMED}${this.#prototypes.size}`);
  }

  /** The prototype of the class that is kept under a name. */
  prototypeOf(name: string): object | undefined {
    return this.#prototypes.get(name);
  }

  #add(prototype: object, name: string): Verdict {
    const problem = problemOf(prototype);
    const verdict: Verdict = problem === undefined ? { name } : { problem };
    this.#verdicts.set(prototype, verdict);
    if (problem === undefined) this.#prototypes.set(name, prototype);
    return verdict;
  }
}

/** Whether a name means something in this process alone. */
export function isUnnamed(name: string): boolean {
  return name.startsWith(UNNAMED);
}

/** The name of the class that a prototype belongs to, to be shown. */
export function classNameOf(prototype: object): string {
  const { constructor } = prototype;
  return typeof constructor === 'function' && constructor.name !== '' ? constructor.name : 'a class without a name';
}

function problemOf(prototype: object): string | undefined {
  for (let level: object | null = prototype; level !== null && level !== Object.prototype; level = parentOf(level)) {
    const { constructor } = level;
    if (typeof constructor !== 'function') continue;
    if (isNative(constructor)) return `an instance of ${classNameOf(prototype)}, which is built in or extends what is`;
    if (mayHavePrivates(constructor))
      return `an instance of ${classNameOf(prototype)}, which has #private members in its source`;
  }
  return undefined;
}

function parentOf(prototype: object): object | null {
  return Object.getPrototypeOf(prototype) as object | null;
}
