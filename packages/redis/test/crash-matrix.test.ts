import { systemClock } from '@ndomain/core';
import { redis, type RedisBackend } from '@ndomain/redis';
import { crashMatrix, realTime, type CrashSite } from '@ndomain/testing';
import { afterAll, describe, it, vi } from 'vitest';
import { freshPrefix, startServer } from './support/servers.ts';

vi.setConfig({ testTimeout: 60_000 });

const server = await startServer();
afterAll(() => server[Symbol.asyncDispose]());

const opened = new WeakMap<CrashSite, RedisBackend[]>();

/** Processes connect by themselves. One that was killed never disconnects: so the site does, at the end. */
function siteOf(): CrashSite {
  const backends: RedisBackend[] = [];
  const prefix = freshPrefix();
  const open = (): RedisBackend => {
    const backend = redis(server.url, { prefix });
    backends.push(backend);
    return backend;
  };
  const site = { open, clock: systemClock, time: realTime() };
  opened.set(site, backends);
  return site;
}

crashMatrix(
  {
    name: 'redis × redis',
    create: siteOf,
    async cleanUp(site) {
      for (const backend of opened.get(site) ?? []) await backend.close();
    },
    leaseMs: 300,
    isThorough: false,
  },
  { describe, it },
);
