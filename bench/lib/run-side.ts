import { spawn } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { unproven, type Outcome, type Parameters, type Side } from './scenario.ts';

/** The longest a run may take, in milliseconds; the longest of the scenarios take a few minutes. */
const PATIENCE_MS = 900_000;
const SIDE = path.join(import.meta.dirname, '..', 'side.ts');

/** A run that failed, or proved nothing; `message` says why, in one line. */
export class SideError extends Error {
  override readonly name = 'SideError';
}

/** Runs a side once, in a new process, and resolves with what it proved. Throws {@link SideError}. */
export async function runSide(
  side: Side,
  parameters: Parameters,
  nodeArguments: readonly string[] = [],
): Promise<Outcome> {
  const given = JSON.stringify({ ...parameters, ...side.parameters });
  const output = await capture([...nodeArguments, '--disable-warning=ExperimentalWarning', SIDE, side.module, given]);
  const line = output.trimEnd().split('\n').at(-1) ?? '';
  const outcome = parse(line);
  const problem = unproven(outcome);
  if (problem !== undefined) throw new SideError(`its work is not proven: ${problem}`);
  return outcome;
}

function parse(line: string): Outcome {
  try {
    return JSON.parse(line) as Outcome;
  } catch {
    throw new SideError(`it ended without an outcome; its last line was: ${line.slice(0, 200)}`);
  }
}

async function capture(args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: PATIENCE_MS,
    killSignal: 'SIGKILL',
  });
  const ended = new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
  const output: string[] = [];
  const complaints: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => output.push(text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => complaints.push(text));
  const code = await ended;
  if (code === 0) return output.join('');
  throw new SideError(`it ended with ${code ?? 'nothing'}: ${reasonIn(complaints.join(''))}`);
}

/** The line of a complaint that says what is wrong: Node puts the source first and the stack behind. */
function reasonIn(complaint: string): string {
  const lines = complaint.split('\n').filter((line) => line.trim() !== '');
  return (lines.find((line) => /^\w*(Error|Exception)\b/.test(line)) ?? lines.at(-1) ?? 'no reason given').slice(
    0,
    300,
  );
}
