/* oxlint-disable no-console */
/*
 * One run of one side, in a process of its own: `node side.ts <module below sides/> <parameters as JSON>`. Prints the outcome as the last line,
 * `{ values, proof }`.
 */
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import type { Parameters, SideModule } from './lib/scenario.ts';

const [module = '', parameters = '{}'] = process.argv.slice(2);
const url = pathToFileURL(path.join(import.meta.dirname, 'sides', module)).href;
const side = (await import(url)) as SideModule;
const outcome = await side.run(JSON.parse(parameters) as Parameters);
console.log(JSON.stringify(outcome));
// Peers leave timers and connections behind; what they did is proven.
process.exit(0);
