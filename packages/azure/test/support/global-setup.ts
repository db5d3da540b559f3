import type { Azurite } from '@ndomain/testing/servers';
import type { TestProject } from 'vitest/node';
import { startAzurite } from './azurite.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The connection string of the Azurite that all test files share: use names of your own on it. */
    azurite: string;
  }
}

let azurite: Azurite | undefined;

/** One Azurite for a whole run. Tests that kill or restart one start their own. */
export async function setup(project: TestProject): Promise<void> {
  azurite = await startAzurite();
  project.provide('azurite', azurite.connectionString);
}

export async function teardown(): Promise<void> {
  await azurite?.kill();
}
