/**
 * Finds a Chromium for the tests that need a browser, and installs Debian's where that is possible.
 * As a program it prints the path; as a module it gives `ensureChromium()`, for the set-up of such tests.
 */
import { fileURLToPath } from 'node:url';
import { ensureProgram, printProgram } from './lib/ensure-program.mjs';

/** The path of a Chromium or Chrome: see `ensureProgram`. */
export function ensureChromium() {
  return ensureProgram({
    variable: 'CHROMIUM',
    names: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    debian: 'chromium',
    help: 'No Chromium found. Install it (Debian: apt-get install chromium), or set CHROMIUM to its path.',
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) printProgram(ensureChromium);
