import { MUTANTS, ORIGINALS } from './all.ts';

/**
 * Holds every suite against deliberately broken implementations. Ends with one line of JSON on stdout, and with 1 when a suite let one
 * pass, or found fault with what is right.
 */
async function main(): Promise<void> {
  for (const { suite, caughtBy } of ORIGINALS) {
    const wrong = await caughtBy();
    if (wrong === undefined) continue;
    tell(`The suite "${suite}" proves nothing: it refuses the original too. ${wrong}`);
    process.exitCode = 1;
  }
  const survived: string[] = [];
  for (const { suite, name, caughtBy } of MUTANTS) {
    const by = await caughtBy();
    if (by === undefined) survived.push(`${suite}: ${name}`);
    tell(`${suite}: ${name}\n    ${by === undefined ? 'SURVIVED' : `caught by: ${by}`}`);
  }
  if (survived.length > 0) process.exitCode = 1;
  const caught = MUTANTS.length - survived.length;
  const result = JSON.stringify({ mutants: MUTANTS.length, caught, survived });
  // Some mutants still wait for what never comes.
  process.stdout.write(`${result}\n`, () => process.exit());
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

await main();
