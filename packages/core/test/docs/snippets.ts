import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

/*
 * Code in the documentation is taken from files that the tests run. A fence stands behind a comment that says from where:
 *
 *   <!-- snippet: sale.ts#state -->          a region of a file beside this one
 *   <!-- snippet: packages/…/x.ts#region --> a region of any other file
 */

export const ROOT = path.resolve(import.meta.dirname, '../../../..');

const MARKED_FENCE = /(?:<!-- snippet: (?<source>\S+?)#(?<region>\S+) -->\n)?```ts\n(?<code>.*?)```/gs;

export function pages(): string[] {
  return globSync(['README.md', 'docs/**/*.md', 'packages/{core,decorators}/README.md'], {
    cwd: ROOT,
    exclude: ['**/node_modules/**'],
  });
}

/** The page with each fence as it should be; throws where one has no source. */
export function withSnippets(page: string, text: string): string {
  return text.replaceAll(MARKED_FENCE, (...match) => {
    const { source, region, code } = match.at(-1) as Record<string, string | undefined>;
    if (source === undefined || region === undefined) {
      throw new Error(
        `${page} has a block of code without a source: write <!-- snippet: file.ts#region --> above it.\n${code}`,
      );
    }
    return `<!-- snippet: ${source}#${region} -->\n\`\`\`ts\n${regionOf(source, region)}\n\`\`\``;
  });
}

/** The lines between `// #region name` and `// #endregion name`, as far to the left as they go. */
export function regionOf(source: string, region: string): string {
  const file = source.includes('/') ? path.join(ROOT, source) : path.join(import.meta.dirname, source);
  const lines = readFileSync(file, 'utf8').split('\n');
  const start = lines.findIndex((line) => line.trim() === `// #region ${region}`);
  const end = lines.findIndex((line) => line.trim() === `// #endregion ${region}`);
  if (start < 0 || end < start) throw new Error(`${source} has no region "${region}".`);
  const body = lines.slice(start + 1, end).filter((line) => !/^\s*\/\/ (#region|#endregion|oxlint-)/.test(line));
  const indent = Math.min(...body.filter((line) => line.trim() !== '').map((line) => line.search(/\S/)));
  return body
    .map((line) => line.slice(indent))
    .join('\n')
    .trim();
}
