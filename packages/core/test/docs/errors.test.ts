import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ERROR_CODES } from '@ndomain/core';
import { expect, it } from 'vitest';
import { ROOT } from './snippets.ts';

const page = readFileSync(path.join(ROOT, 'docs/reference/errors.md'), 'utf8');

/** Each code of the page, with the line below its heading. */
const documented = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((section) => section.split('\n'))
    .map(([code = '', , meaning = '']) => [code, meaning] as const),
);

it('the reference lists the codes that there are, no more and no less, each with its meaning, in order', () => {
  expect(Object.fromEntries(documented)).toEqual(ERROR_CODES);
  expect([...documented.keys()]).toEqual(Object.keys(ERROR_CODES).toSorted());
});

it('the reference says for each code when it comes and what to do', () => {
  for (const section of page.split(/^## /m).slice(1)) {
    expect(section, section).toMatch(/^\*\*When\*\*/m);
    expect(section, section).toMatch(/^\*\*Do\*\*/m);
  }
});
