import { BANK } from './bank-process.ts';
import type { Reached } from './mortal-process.ts';
import type { Moment } from './step-watch.ts';

/** A moment at which a process is killed. */
export interface CrashPoint {
  readonly name: string;
  /** What the killed process was about. */
  readonly about: 'an append' | 'a command' | 'an event';
  readonly isReached: (reached: Reached) => boolean;
}

type Named = Omit<CrashPoint, 'name' | 'isReached'> & {
  readonly title: string;
  readonly step: string;
  readonly on?: string;
  readonly nth?: number;
};

/** The steps of handling one command, in order, and where each is told from those of other messages. */
const STEPS: readonly Named[] = [
  { about: 'a command', title: 'receive', step: 'receive', on: BANK },
  { about: 'an append', title: 'load', step: 'load' },
  { about: 'an append', title: 'append', step: 'append' },
  { about: 'an append', title: 'publish', step: 'publish' },
  { about: 'an append', title: 'commit events', step: 'commitEvents' },
  { about: 'a command', title: 'second append', step: 'append', nth: 2 },
  { about: 'a command', title: 'publish of the second append', step: 'publish', nth: 2 },
  { about: 'a command', title: 'commit of the second append', step: 'commitEvents', nth: 2 },
  { about: 'a command', title: 'dispatch sends', step: 'dispatch' },
  { about: 'a command', title: 'commit message', step: 'commitMessage', on: BANK },
  { about: 'an event', title: 'receive of an event', step: 'receive', on: 'mail' },
  { about: 'an event', title: 'commit of an event message', step: 'commitMessage', on: 'mail' },
  { about: 'an event', title: 'commit of an ordered event message', step: 'commitMessage', on: 'ledger' },
  { about: 'an event', title: 'storing a view', step: 'queries.set' },
  { about: 'an event', title: 'remembering in the inbox', step: 'inbox.add' },
];

/** Steps that reach several endpoints one after the other. */
const HALVABLE = ['publish'];

/** Steps that there are not where events are published in the transaction that appends them. */
const PUBLISHING = ['publish', 'commitEvents'];

/** Before and after each step, and half way where it has halves. */
export function namedCrashPoints({
  hasOneTransaction,
}: {
  readonly hasOneTransaction: boolean;
}): readonly CrashPoint[] {
  const steps = hasOneTransaction ? STEPS.filter(({ step }) => !PUBLISHING.includes(step)) : STEPS;
  return steps.flatMap(({ about, title, step, on, nth = 1 }) => {
    const moments: Moment[] = HALVABLE.includes(step) ? ['before', 'between', 'after'] : ['before', 'after'];
    return moments.map((moment) => ({
      about,
      name: `${moment === 'between' ? 'half way through' : moment} ${title}`,
      isReached: ({ step: taken, moment: at, nth: count }: Reached) =>
        taken.name === step && at === moment && (on === undefined ? count === nth : taken.on === on),
    }));
  });
}

/** At one call of all that the process makes. */
export function crashAtCall(call: number, moment: Moment): CrashPoint {
  return {
    about: 'a command',
    name: `${moment} call ${call}`,
    isReached: (reached) => reached.call === call && reached.moment === moment,
  };
}
