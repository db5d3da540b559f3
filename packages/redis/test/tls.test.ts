import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { RedisConnection, RedisEventStoreDb, RedisQueryStore } from '@ndomain/redis';
import { freePorts } from '@ndomain/testing/servers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { append, stored } from './support/events.ts';
import { startServer } from './support/servers.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
if (!hasOpenssl) console.log('TLS is not tested: there is no openssl to make a certificate with.');

const CERTIFICATE = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost';

describe.skipIf(!hasOpenssl)('TLS', () => {
  let folder: string;
  const file = (name: string): string => path.join(folder, name);
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'ndomain-tls-'));
    const names = ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    const files = ['-keyout', file('key.pem'), '-out', file('cert.pem')];
    execFileSync('openssl', [...CERTIFICATE.split(' '), ...names, ...files], { stdio: 'ignore' });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('all connections are encrypted, the one that listens to channels too, and a certificate that nobody vouches for is refused', async () => {
    const [tlsPort = 0] = await freePorts(1);
    await using server = await startServer({
      'tls-port': String(tlsPort),
      'tls-cert-file': file('cert.pem'),
      'tls-key-file': file('key.pem'),
      'tls-auth-clients': 'no',
    });
    const at = { host: server.host, port: tlsPort };
    const ca = readFileSync(file('cert.pem'));
    await using connection = new RedisConnection({ ...at, tls: { ca } });
    const db = new RedisEventStoreDb(connection);
    await append(db, 1);
    expect(await stored(db)).toEqual([1]);
    const queries = new RedisQueryStore(connection);
    const waiting = queries.getOrWaitUntil('a', 1, 10_000);
    await queries.set('a', 0, 1, 'here');
    expect((await waiting).version).toBe(1);

    await using stranger = new RedisConnection({ ...at, tls: {} }, { unreachableAfterMs: 500 });
    await expect(stranger.open()).rejects.toThrow(/could not be reached within \d+ ms: self-signed certificate/);
  });
});
