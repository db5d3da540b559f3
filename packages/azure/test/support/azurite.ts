import { Azurite } from '@ndomain/testing/servers';

export const SERVICES = ['blob', 'queue', 'table'] as const;
export type Service = (typeof SERVICES)[number];

/** An Azurite of a test's own; `folder` is where it keeps what has to survive a kill. */
export function startAzurite(folder?: string): Promise<Azurite> {
  return Azurite.start({ from: import.meta.url, folder });
}
