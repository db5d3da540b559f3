import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { eventually } from '@ndomain/testing';
import { RedisServer } from '@ndomain/testing/servers';
import { beforeAll, describe, expect, it } from 'vitest';

const ENSURE_REDIS = path.resolve(import.meta.dirname, '../../../../scripts/ensure-redis.mjs');
const OWNER = path.join(import.meta.dirname, 'owner.ts');

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

describe('A Redis server for tests', () => {
  beforeAll(() => {
    process.env['REDIS_SERVER'] = execFileSync(process.execPath, [ENSURE_REDIS], { encoding: 'utf8' }).trim();
  });

  it('answers when it has started, and keeps its port and files when it is killed and resumed', async () => {
    await using server = await RedisServer.start({ appendonly: 'yes' });
    expect(await isListening(server.port)).toBe(true);
    await server.kill();
    expect(await isListening(server.port)).toBe(false);
    await server.resume();
    expect(await isListening(server.port)).toBe(true);
  });

  it('ends with the process that started it, by SIGKILL too, and leaves nothing behind', async () => {
    const owner = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', OWNER], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(createInterface({ input: owner.stdout }), 'line')) as [string];
    const [port, folder] = JSON.parse(line) as [number, string];
    expect(await isListening(port)).toBe(true);
    expect(existsSync(folder)).toBe(true);
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    await eventually(async () => !existsSync(folder) && !(await isListening(port)));
  });

  it('says what to install where there is none', async () => {
    const { REDIS_SERVER, PATH } = process.env;
    process.env['REDIS_SERVER'] = '';
    process.env['PATH'] = '/nowhere';
    try {
      await expect(RedisServer.start()).rejects.toThrow(/^No redis-server found\. Install it .*REDIS_SERVER/);
    } finally {
      Object.assign(process.env, { REDIS_SERVER, PATH });
    }
  });
});
