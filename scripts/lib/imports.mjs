import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseSync } from 'oxc-parser';

const IGNORED = new Set(['node_modules', 'dist', 'data']);

/** All sources below a folder, as full paths, sorted. */
export function sourceFiles(dir) {
  return readdirSync(dir, { withFileTypes: true })
    .filter((entry) => !IGNORED.has(entry.name) && !entry.name.startsWith('.'))
    .flatMap((entry) => {
      const full = path.join(dir, entry.name);
      if (entry.isDirectory()) return sourceFiles(full);
      return /\.[mc]?[jt]sx?$/.test(entry.name) ? [full] : [];
    })
    .sort();
}

/** What a file imports or re-exports, each specifier once; `import type` and `import('…')` of a constant count as well. */
export function importsOf(file) {
  const text = readFileSync(file, 'utf8');
  const { staticImports, staticExports, dynamicImports } = parseSync(file, text).module;
  return [
    ...new Set([
      ...staticImports.map((statement) => statement.moduleRequest.value),
      ...staticExports.flatMap(({ entries }) => entries.flatMap((entry) => entry.moduleRequest?.value ?? [])),
      ...dynamicImports.flatMap(({ moduleRequest: { start, end } }) => constant(text.slice(start, end))),
    ]),
  ];
}

const constant = (expression) => /^(['"`])([^$]*)\1$/.exec(expression)?.[2] ?? [];

/** The import cycles in a graph (file → files it imports), each as the list of its files, first one repeated at the end. */
export function cycles(graph) {
  const found = [];
  const state = new Map();
  const trail = [];
  const visit = (file) => {
    if (state.get(file) === 'done') return;
    if (state.get(file) === 'open') {
      found.push([...trail.slice(trail.indexOf(file)), file]);
      return;
    }
    state.set(file, 'open');
    trail.push(file);
    for (const next of graph.get(file) ?? []) visit(next);
    trail.pop();
    state.set(file, 'done');
  };
  for (const file of graph.keys()) visit(file);
  return found;
}
