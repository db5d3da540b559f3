import { AssertionError } from 'node:assert/strict';
import type { TestRunner } from '../contracts/suite.ts';
import type { CrashPair } from './crash-pair.ts';
import { crashAtCall, namedCrashPoints, type CrashPoint } from './crash-point.ts';
import { runCrash, type CommandFate, type CrashPlan } from './crash-run.ts';
import { isClean, type Verdict } from './verdict.ts';

/** Starting, handling one command, telling two endpoints and stopping take far more than this. */
const FEWEST_CALLS = 40;

/**
 * Registers, with the caller's test runner, the crash matrix of one pair of event store and transport. A process that handles a
 * command is killed before and after each step, by fault injection: from then on nothing it does has any effect, and it gets no
 * answers. A second process goes on where it was. Then, whatever the moment was:
 *
 * - G1: each stored event has reached each handler, also when the command never comes again.
 * - G2: nothing was seen that is not stored, and what a handling that failed or died has sent never left.
 * - G3: each aggregate has changed once, and so has each view.
 * - G5: an ordered endpoint was given the events in order.
 * - Nothing is uncommitted, in flight or dead.
 */
export function crashMatrix(pair: CrashPair, { describe, it }: TestRunner): void {
  const points = namedCrashPoints({ hasOneTransaction: pair.hasOneTransaction ?? false });
  describe(`Crash matrix: ${pair.name}`, () => {
    it('nobody is killed', async () => {
      await check(pair, { kills: [], fate: 'comes back' }, 0);
    });

    for (const point of points) {
      it(`G1 G2 G3 killed ${point.name}`, async () => {
        await check(pair, { kills: [point], fate: 'comes back' }, 1);
      });
    }
    for (const point of points.filter(({ about }) => about !== 'an event')) {
      it(`G1 G2 G3 killed ${point.name}, and the command never comes again`, async () => {
        await check(pair, { kills: [point], fate: 'is lost' }, 1);
      });
    }
    for (const point of points.filter(({ about }) => about !== 'an event')) {
      it(`G1 killed ${point.name}, and the command publishes what is left, without the recovery loop`, async () => {
        await check(pair, { kills: [point], fate: 'comes back', withoutRecovery: true }, 1);
      });
    }
    for (const point of points.filter(({ about }) => about === 'an append')) {
      it(`G1 killed ${point.name}, where no command was`, async () => {
        await check(pair, { kills: [point], fate: 'never was' }, 1);
      });
    }
    if (pair.isThorough ?? true) registerThorough(pair, points, it);
  });
}

function registerThorough(pair: CrashPair, points: readonly CrashPoint[], it: TestRunner['it']): void {
  for (const first of points) {
    it(`G1 G2 G3 killed ${first.name}, and the next process at every step`, async () => {
      for (const second of points) await check(pair, { kills: [first, second], fate: 'comes back' }, 1);
    });
  }
  for (const fate of ['comes back', 'is lost', 'never was'] satisfies CommandFate[]) {
    it(`G1 G2 G3 killed at every single call, where the command ${fate}`, async () => {
      let calls = 0;
      while (await check(pair, { kills: [crashAtCall(calls + 1, 'before')], fate }, 0)) {
        await check(pair, { kills: [crashAtCall(++calls, 'after')], fate }, 0);
      }
      if (calls < FEWEST_CALLS) throw new AssertionError({ message: `The process made only ${calls} calls.` });
    });
  }
}

/**
 * `strikes`: how many of the kills must have struck at least, because a run without a crash proves nothing. Resolves with whether
 * any did.
 */
async function check(pair: CrashPair, plan: CrashPlan, strikes: number): Promise<boolean> {
  const { verdict, struck } = await runCrash(pair, plan);
  const plot = plan.kills.map(({ name }) => name).join(', then ') || 'nobody is killed';
  if (struck < strikes) throw new AssertionError({ message: `Not all that was planned struck: ${plot}.` });
  if (isClean(verdict)) return struck > 0;
  throw new AssertionError({ message: `Killed ${plot}, where the command ${plan.fate}:\n${report(verdict)}` });
}

function report(verdict: Verdict): string {
  return Object.entries(verdict)
    .flatMap(([kind, findings]: [string, readonly string[]]) => findings.map((finding) => `  ${kind}: ${finding}`))
    .join('\n');
}
