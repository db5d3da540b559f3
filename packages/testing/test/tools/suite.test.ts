import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { LocalSnapshotStore, type Snapshot } from '@ndomain/core';
import { snapshotStoreSuite, type SnapshotStoreSetup, type TestRunner } from '@ndomain/testing';
import { describe, expect, it } from 'vitest';

/** A test runner that only writes down what is registered with it. */
function recording(): { runner: TestRunner; bodies: Map<string, () => Promise<void>>; skipped: string[] } {
  const bodies = new Map<string, () => Promise<void>>();
  const skipped: string[] = [];
  const register = (name: string, body: () => Promise<void>): unknown => bodies.set(name, body);
  const it = Object.assign(register, { skip: (name: string) => skipped.push(name) });
  return { runner: { describe: (_, body) => body(), it }, bodies, skipped };
}

const setup = (store: () => LocalSnapshotStore): SnapshotStoreSetup => ({
  name: 'a store',
  create: () => {
    const instance = store();
    return { first: instance, second: instance };
  },
});
const NEWEST = 'an older snapshot does not replace a newer one';

describe('A contract suite', () => {
  it('prints the reason of a case that is skipped', () => {
    const { runner, bodies, skipped } = recording();
    const skip = [{ case: NEWEST, reason: 'it keeps the last one' }];
    snapshotStoreSuite({ ...setup(() => new LocalSnapshotStore()), skip }, runner);
    expect(skipped).toEqual([`${NEWEST} [skipped: it keeps the last one]`]);
    expect(bodies.has(NEWEST)).toBe(false);
  });

  it('refuses to skip a case that does not exist, and lists those that do', () => {
    const skip = [{ case: 'no such case', reason: 'x' }];
    const register = (): void =>
      snapshotStoreSuite({ ...setup(() => new LocalSnapshotStore()), skip }, recording().runner);
    expect(register).toThrow('"no such case"');
    expect(register).toThrow(NEWEST);
  });

  it('fails for a store that does not keep its promise, and cleans up all the same', async () => {
    class LastOneWins extends LocalSnapshotStore {
      #last: Snapshot | undefined;
      override async save(_: string, snapshot: Snapshot): Promise<void> {
        this.#last = snapshot;
      }
      override async load(): Promise<Snapshot | undefined> {
        return this.#last;
      }
    }
    const { runner, bodies } = recording();
    let cleaned = 0;
    snapshotStoreSuite({ ...setup(() => new LastOneWins()), cleanUp: () => void cleaned++ }, runner);
    await expect(bodies.get(NEWEST)?.()).rejects.toThrow();
    await bodies.get('a stream without a snapshot has none')?.();
    expect(cleaned).toBe(2);
  });

  it('runs under node:test as it is', async () => {
    const file = new URL('../support/node-test-suite.ts', import.meta.url).pathname;
    // Without this, node:test reports to the runner that it believes to run in.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const { stdout } = await promisify(execFile)(process.execPath, ['--test', '--test-reporter=tap', file], { env });
    expect(stdout).toContain('# fail 0');
    expect(Number(/# pass (\d+)/.exec(stdout)?.[1])).toBeGreaterThan(50);
  });
});
