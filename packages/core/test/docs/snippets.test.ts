import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { pages, ROOT, withSnippets } from './snippets.ts';

/** NDOMAIN_DOCS=update npx vitest run test/docs/snippets.test.ts   brings the pages up to date. */
const isUpdating = process.env['NDOMAIN_DOCS'] === 'update';

describe('The documentation', () => {
  it.each(pages())('%s shows code as the tests run it', (page) => {
    const file = path.join(ROOT, page);
    const text = readFileSync(file, 'utf8');
    const expected = withSnippets(page, text);
    if (isUpdating && expected !== text) writeFileSync(file, expected);
    else
      expect(text, 'NDOMAIN_DOCS=update npx vitest run test/docs/snippets.test.ts brings it up to date').toBe(expected);
  });

  it.each(pages())('%s links to what is there', (page) => {
    const file = path.join(ROOT, page);
    const text = readFileSync(file, 'utf8').replaceAll(/```.*?```/gs, '');
    for (const [, target = ''] of text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
      const [to = '', anchor] = target.split('#');
      const linked = to === '' ? file : path.resolve(file, '..', to);
      expect(
        () => readFileSync(linked.endsWith('/') ? path.join(linked, 'README.md') : linked),
        `${page} → ${target}`,
      ).not.toThrow(/ENOENT/);
      if (anchor !== undefined)
        expect(anchorsOf(readFileSync(linked, 'utf8')), `${page} → ${target}`).toContain(anchor);
    }
  });
});

/** The anchors that a renderer gives to headings. */
function anchorsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-'),
  );
}
