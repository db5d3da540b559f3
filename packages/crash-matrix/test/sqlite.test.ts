import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sqlite } from '@ndomain/sqlite';
import { crashMatrix, VirtualClock, virtualTime, type CrashSite } from '@ndomain/testing';
import { describe, it, vi } from 'vitest';

// Some cases are hundreds of runs, each with a file of its own.
vi.setConfig({ testTimeout: 120_000 });

const folders = new WeakMap<CrashSite, string>();

crashMatrix(
  {
    name: 'sqlite × sqlite',
    async create() {
      const folder = await mkdtemp(path.join(tmpdir(), 'crash-matrix-'));
      const clock = new VirtualClock({ turns: 4 });
      // Each process opens the file by itself.
      const open = () => sqlite({ path: path.join(folder, 'bank.db'), durability: 'normal' });
      const site = { open, clock, time: virtualTime(clock) };
      folders.set(site, folder);
      return site;
    },
    cleanUp: (site) => rm(folders.get(site) ?? '', { recursive: true, force: true }),
    hasOneTransaction: true,
  },
  { describe, it },
);
