import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { eventually } from '@ndomain/testing';
import { RedisServer } from '@ndomain/testing/servers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ImportSummary } from '../src/import/summary.ts';
import { figuresIn } from './support/figures.ts';
import { history } from './support/history.ts';
import { plainLoop, plainRows } from './support/plain-loop.ts';
import { Program } from './support/programs.ts';

const ENSURE_REDIS = fileURLToPath(new URL('../../../scripts/ensure-redis.mjs', import.meta.url));
const STOCK = 500;

function figuresOf(stdout: string): ReturnType<typeof figuresIn> {
  return figuresIn(JSON.parse(stdout) as ImportSummary);
}

describe('a shop whose messages go over Redis', { timeout: 120_000 }, () => {
  let server: RedisServer;
  let folder: string;
  beforeAll(async () => {
    process.env['REDIS_SERVER'] = execFileSync(process.execPath, [ENSURE_REDIS], { encoding: 'utf8' }).trim();
    server = await RedisServer.start();
  });
  afterAll(() => server[Symbol.asyncDispose]());
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'openstore-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const db = (): string => path.join(folder, 'shop.db');

  async function fileOf(text: string): Promise<string> {
    const file = path.join(folder, 'orders.csv');
    await writeFile(file, text);
    return file;
  }

  function storedEvents(): number {
    const connection = new DatabaseSync(db(), { readOnly: true });
    try {
      return Number(connection.prepare('SELECT count(*) AS count FROM event').get()?.['count']);
    } finally {
      connection.close();
    }
  }

  it('G1 G3 G5 G7 imports with three workers, one killed in the middle, and has every figure right', async () => {
    const text = history(2_000, 60);
    const file = await fileOf(text);
    const shared = ['--redis', server.url, '--db', db()];
    await using first = new Program('worker', ...shared);
    await using second = new Program('worker', ...shared);
    await using third = new Program('worker', ...shared);
    for (const worker of [first, second, third]) {
      await eventually(() => worker.stdout.includes('Working on'), { timeoutMs: 30_000 });
    }
    await using importing = new Program('import', file, '--json', ...shared);
    await eventually(() => storedEvents() > 400, { timeoutMs: 60_000 });
    second.child.kill('SIGKILL');
    const { code, stdout, stderr } = await importing.ended;
    expect(code, stderr).toBe(0);
    expect(figuresOf(stdout)).toEqual(plainLoop(plainRows(text), STOCK));
    for (const worker of [first, third]) {
      worker.child.kill('SIGTERM');
      expect(await worker.ended).toMatchObject({ code: 0 });
    }
  });

  it('starts a Redis of its own for --redis spawn, which ends with it', async () => {
    const text = history(100, 5);
    await using importing = new Program('import', await fileOf(text), '--json', '--redis', 'spawn', '--db', db());
    const { code, stdout, stderr } = await importing.ended;
    expect(code, stderr).toBe(0);
    expect(figuresOf(stdout)).toEqual(plainLoop(plainRows(text), STOCK));
    const [url = ''] = /redis:\/\/\S+(?=;)/.exec(stderr) ?? [];
    await using again = new Program('worker', '--redis', url, '--db', db());
    const ended = await again.ended;
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/^Redis at 127\.0\.0\.1:\d+ could not be reached within \d+ ms: .*ECONNREFUSED.*\n$/);
  });

  it('serves its page with a Redis of its own, until it is told to stop', async () => {
    await using shop = new Program('serve', '--redis', 'spawn', '--port', '0', '--db', db());
    const address = await eventually(() => /http:\S+/.exec(shop.stdout)?.[0] ?? false, { timeoutMs: 30_000 });
    // What the shop is seeded with went over the bus, as commands.
    const { sales } = (await (await fetch(`${address}/api/sales`)).json()) as { sales: readonly unknown[] };
    expect(sales.length).toBeGreaterThan(0);
    shop.child.kill('SIGTERM');
    expect((await shop.ended).code).toBe(0);
  });

  it('says what is wrong with an address, without a stack', async () => {
    await using worker = new Program('worker', '--redis', 'somewhere', '--db', db());
    const { code, stderr } = await worker.ended;
    expect(code).toBe(1);
    expect(stderr).toBe('Expected redis to be a URL such as \'redis://localhost:6379\', got "somewhere".\n');
  });
});
