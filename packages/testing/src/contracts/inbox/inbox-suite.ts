import assert from 'node:assert/strict';
import type { Inbox } from '@ndomain/core';
import type { SuiteTime } from '../../time/suite-time.ts';
import { registerSuite, type Case, type SuiteSetup, type TestRunner } from '../suite.ts';
import { range } from '../support/events.ts';
import { ODD_IDS } from '../support/ids.ts';

/** An empty inbox, opened twice. */
export interface InboxBackend {
  readonly first: Inbox;
  /** Another instance on the same storage, as another process has. */
  readonly second: Inbox;
  readonly time: SuiteTime;
}

export type InboxSetup = SuiteSetup<InboxBackend>;

const KEEP_MS = 60_000;

const CASES: readonly Case<InboxBackend, InboxSetup>[] = [
  {
    name: 'G3 what was handled is remembered, by every process',
    async run({ first, second }) {
      assert.equal(await first.has('Mail', 'm1'), false);
      await first.add('Mail', 'm1', KEEP_MS);
      for (const inbox of [first, second]) assert.equal(await inbox.has('Mail', 'm1'), true);
    },
  },
  {
    name: 'G6 a message is remembered for its component alone',
    async run({ first, second }) {
      await first.add('Mail', 'm1', KEEP_MS);
      await first.add('a', 'b/c', KEEP_MS);
      await first.add('1:a', 'b', KEEP_MS);
      for (const [component, id] of [
        ['Stock', 'm1'],
        ['Mail', 'm'],
        ['Mail', 'm11'],
        ['a/b', 'c'],
        ['ab', '/c'],
        ['1', ':ab'],
      ] as const) {
        assert.equal(await second.has(component, id), false, `${component} ${id}`);
      }
    },
  },
  {
    name: 'ids of any characters are told apart',
    async run({ first, second }) {
      const [last, ...others] = ODD_IDS.filter((id) => id.length <= 160).toReversed();
      assert.ok(last !== undefined);
      for (const id of others) await first.add('Mail', id, KEEP_MS);
      for (const id of others) assert.equal(await second.has('Mail', id), true, JSON.stringify(id));
      assert.equal(await second.has('Mail', last), false);
    },
  },
  {
    name: 'remembering again, also at the same time, changes nothing',
    async run({ first, second }) {
      await Promise.all(range(1, 10).map((i) => (i % 2 === 0 ? first : second).add('Mail', 'm1', KEEP_MS)));
      assert.equal(await second.has('Mail', 'm1'), true);
    },
  },
  {
    name: 'it is remembered for as long as it was told, however many follow',
    async run({ first, second, time }) {
      const keepMs = 500;
      await first.add('Mail', 'long', 100 * keepMs);
      await first.add('Mail', 'm1', keepMs);
      await time.advance(keepMs - 2 * time.toleranceMs - 1);
      for (const i of range(2, 100)) await first.add('Mail', `m${i}`, keepMs);
      assert.equal(await second.has('Mail', 'm1'), true);
      await time.advance(10 * keepMs);
      await first.add('Mail', 'later', keepMs);
      assert.equal(await second.has('Mail', 'long'), true);
    },
  },
];

/** Registers everything that an inbox has to prove. */
export function inboxSuite(setup: InboxSetup, runner: TestRunner): void {
  registerSuite('inbox', CASES, setup, runner);
}
