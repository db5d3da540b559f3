import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(...args: string[]): { child: ChildProcess; stdout: () => string; ended: Promise<Ended> } {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...args]);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }));
  return { child, stdout: () => stdout, ended };
}

describe('the program', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('serves until %s, also with browsers that listen', async (signal) => {
    const { child, stdout, ended } = start('serve', '--memory', '--port', '0');
    while (!/http:\S+/.test(stdout()) && child.exitCode === null && child.stdout !== null)
      await once(child.stdout, 'data');
    const [address = ''] = /http:\S+/.exec(stdout()) ?? [];
    const live = await fetch(`${address}/api/live`);
    expect(live.headers.get('content-type')).toContain('text/event-stream');
    const stopping = performance.now();
    child.kill(signal);
    expect(await ended).toMatchObject({ code: 0, stderr: '' });
    expect(performance.now() - stopping).toBeLessThan(2_000);
  });

  it('says so when the port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { code, stderr } = await start('serve', '--memory', '--port', String(port)).ended;
    taken.close();
    expect(code).toBe(1);
    expect(stderr).toBe(`Port ${port} is taken. Choose another: --port ${port === 65_535 ? port - 1 : port + 1}\n`);
  });

  it.each([
    [['import', '--memory', 'no-such-file.csv'], 'Cannot read no-such-file.csv: there is no such file.'],
    [['import', '--memory', fileURLToPath(import.meta.url)], 'expected the header "InvoiceNo,StockCode,'],
    [
      ['import', 'x.csv', '--stock', '-3'],
      "argument '-3' is invalid. Expected a whole number of at least 0, such as 500.",
    ],
    [['import', 'x.csv', '--concurrency', 'many'], "argument 'many' is invalid"],
    [
      ['serve', '--port', '70000'],
      "argument '70000' is invalid. Expected a whole number from 0 to 65535, such as 3000.",
    ],
  ])('answers %o with one sentence', async (args, sentence) => {
    const { code, stdout, stderr } = await start(...args).ended;
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain(sentence);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
