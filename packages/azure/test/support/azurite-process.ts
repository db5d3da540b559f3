/**
 * Azurite, as long as the process that started it lives: also when that one is killed, its end of the pipe closes.
 * `node azurite-process.ts <arguments of azurite>`
 */
process.stdin.on('end', () => process.exit()).resume();
// @ts-expect-error It has no types: it is a program.
await import('azurite/dist/src/azurite.js');
