/*
 * The form in which a State is kept, in the cache and in snapshots. It holds only what a payload can hold, and what is restored from it is
 * equal to what was kept in every respect that code can see: members that are undefined, holes, the order of members, classes, one object
 * in two places, cycles, what is frozen. Plain data is kept as it is; the rest is an object whose first member is `~`:
 *
 *   {"~":"undefined"}   {"~":"hole"}   {"~":"date"} (an invalid one)   {"~":"same","as":3} (the object that was met as the fourth)
 *   {"~":"instance","of":"Money","members":{…}}   {"~":"bare","members":{…}} (without a prototype)   {"~":"object","members":{…}}
 *   {"~":"frozen","what":…}   {"~":"array","kind":"Float64Array","items":[…]}
 *
 * Snapshots outlive the process: a change of this form is a change of `KEPT_FORM`.
 */

/** The number of this form; part of what marks a snapshot. */
export const KEPT_FORM = 1;

/** What begins an object that is not what it seems. */
export const MARK = '~';

/** An object of members, whatever stands in it. */
export type Members = Record<string, unknown>;

/** What was kept. */
export interface Kept {
  readonly data: unknown;
  /** A class that has no name outside of this process, of which something kept is an instance: it can be cached, and not stored. */
  readonly unnamedClass: string | undefined;
}

/** Thrown for what cannot be kept; `path` reads like `$.lines[2].total`. */
export class UnkeepableError extends Error {
  readonly path: string;
  readonly found: string;

  constructor(path: string, found: string) {
    super(`${found} at ${path}`);
    this.path = path;
    this.found = found;
  }
}
