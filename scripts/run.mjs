/**
 * The door to this repository: `npm start`, `npm test` and `npm run openstore` all come through here.
 *
 * It must run on any Node from 18 on with nothing installed, so it is plain JavaScript without dependencies, and it
 * looks at the version of Node before it loads anything that an older one could not parse.
 */
const major = Number(process.versions.node.split('.')[0]);

if (major < 18) {
  console.error('This repository needs Node 18 or newer; this is Node ' + process.versions.node + '.');
  process.exitCode = 1;
} else {
  const { main } = await import('./lib/tasks.mjs');
  await main(process.argv.slice(2));
}
