import { readFileSync, readlinkSync } from 'node:fs';
import process from 'node:process';
import { newId, systemClock, type Clock } from '@ndomain/core';

/** A clock that only counts, and that nobody can set. */
export interface Counter {
  /** All who count under one id count the same: they agree on what {@link now} is. */
  readonly id: string;
  /** Milliseconds since some moment in the past. */
  now(): number;
}

const NANOSECONDS_PER_MS = 1_000_000;
const machine: Counter = { id: bootId() ?? newId(), now: () => Number(process.hrtime.bigint()) / NANOSECONDS_PER_MS };
const others = new WeakMap<Clock, Counter>();

/** What counts for a clock: for that of the machine, one counter that all its processes share. */
export function counterOf(clock: Clock): Counter {
  if (clock === systemClock) return machine;
  let counter = others.get(clock);
  if (counter === undefined) others.set(clock, (counter = { id: newId(), now: () => clock.monotonic() }));
  return counter;
}

/** Names this boot of the machine, from which all its processes count. Undefined where the operating system is not Linux. */
function bootId(): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    // Containers may count from a moment of their own.
    return `${boot} ${readlinkSync('/proc/self/ns/time')}`;
  } catch {
    return undefined;
  }
}
