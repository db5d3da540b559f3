/** Checks that dependencies point only in the allowed directions; the rules are the tables in lib/boundaries.mjs. */
import { findViolations } from './lib/boundaries.mjs';
import { root } from './lib/workspace.mjs';

const violations = findViolations(root);
for (const { file, problem, fix } of violations) console.error(`${file} ${problem}.\n    ${fix}`);
console.log(violations.length === 0 ? 'All dependencies point the right way.' : `Violations: ${violations.length}.`);
process.exitCode = violations.length === 0 ? 0 : 1;
