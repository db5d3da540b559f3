import { readFileSync } from 'node:fs';
import path from 'node:path';
import { RECOVERABILITY_DEFAULTS, RECOVERY_DEFAULTS, WORKER_DEFAULTS } from '@ndomain/core';
import { expect, it } from 'vitest';
import { ROOT } from './snippets.ts';

const DAY = 86_400;
const page = readFileSync(path.join(ROOT, 'docs/guide/configuration.md'), 'utf8');

/** The table's second column, by the first. */
const documented = new Map(
  [...page.matchAll(/^\| `(\w+)[^|]*\| ([^|]+) \|/gm)].map(([, option = '', value = '']) => [option, value] as const),
);

const plain = Object.entries(WORKER_DEFAULTS).filter(([, value]) => ['number', 'boolean'].includes(typeof value));

it.each(plain)('configuration.md knows the option %s and its default', (option, value) => {
  expect(documented.get(option.replace(/Ms$/, ''))).toBe(shown(option, value));
});

it('configuration.md knows the defaults of retries and recovery', () => {
  const { immediateRetries, delayedRetries } = RECOVERABILITY_DEFAULTS;
  const [first = 0, second = 0, third = 0] = delayedRetries.map((pause) => pause / 1_000);
  expect(delayedRetries).toHaveLength(3);
  expect(documented.get('recoverability')).toBe(
    `${immediateRetries} retries at once, then after ${first}, ${second} and ${third} s`,
  );
  const { olderThanMs, everyMs } = RECOVERY_DEFAULTS;
  expect(documented.get('recovery')).toBe(`${olderThanMs / 1_000} s, every ${everyMs / 1_000} s`);
});

function shown(option: string, value: unknown): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (!option.endsWith('Ms')) return String(value);
  const seconds = Number(value) / 1_000;
  return seconds < DAY ? `${seconds} s` : `${seconds / DAY} ${seconds === DAY ? 'day' : 'days'}`;
}
