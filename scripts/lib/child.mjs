import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** Runs a program in the foreground, with our own input and output; resolves with its exit code. */
export function foreground(command, args, options = {}) {
  return ended(spawn(command, args, { stdio: 'inherit', ...options }));
}

/** Runs a program and keeps what it prints: `{ code, stdout, output }`, `output` being stdout and stderr together. */
export async function captured(command, args, options = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  let stdout = '';
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  return { code: await ended(child), stdout, output };
}

/**
 * Waits for a child to end and resolves with the exit code a shell would show: its own, or 128 + the number of the
 * signal that ended it.
 *
 * Signals reach the child exactly once. On a terminal, Ctrl-C goes to the whole foreground group, so passing it on
 * would deliver it twice, and a server that takes a second Ctrl-C for "now, at once" would never stop cleanly. Without
 * a terminal only this process is told, and passes it on. Either way this process outlives the child: no orphan stays
 * behind, and the prompt does not come back while a server is still stopping.
 *
 * A signal sent to npm itself ends at the shell between npm and this process, which dies and tells nobody. A parent
 * that is gone is therefore taken for SIGTERM.
 */
async function ended(child) {
  const terminal = Boolean(process.stdin.isTTY);
  const passedOn = new Set();
  const pass = (signal) => {
    if ((terminal && signal === 'SIGINT') || passedOn.has(signal)) return;
    passedOn.add(signal);
    child.kill(signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.env.npm_lifecycle_event && process.ppid !== parent) pass('SIGTERM');
  }, 250);
  for (const signal of signals) process.on(signal, pass);
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve(signal ? 128 + constants.signals[signal] : code));
    });
  } finally {
    clearInterval(watch);
    for (const signal of signals) process.off(signal, pass);
  }
}
