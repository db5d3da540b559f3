import { DomainContext } from '@ndomain/core';
import { RedisConnection, redisSubscriptions, redisTransport } from '@ndomain/redis';
import { Queue, Worker, type ConnectionOptions, type Job, type WorkerOptions } from 'bullmq';
import { Redis } from 'ioredis';
import type { AccountCommands } from './account.ts';
import type { Payload } from './payload.ts';

export const QUEUE = 'accounts';

const nobody: Handle = async () => undefined;

/** A handler of all sides: it gets the payload, parsed. */
export type Handle = (payload: Payload) => Promise<void>;

/** Our side: one endpoint. Without a handler it is known to the sender and takes nothing. */
export async function startOurs(
  url: string,
  concurrency: number,
  handle: Handle | undefined,
  leaseMs = 30_000,
): Promise<DomainContext> {
  const connection = new RedisConnection(url);
  const context = await DomainContext.configure()
    .bus((c) =>
      c
        .transport(redisTransport(connection))
        .subscriptions(redisSubscriptions(connection))
        .withProcessor((p) =>
          p
            .endpoint(QUEUE)
            .concurrency(concurrency)
            .lease(leaseMs)
            .commands<AccountCommands>()
            .handle('Deposit', handle ?? nobody),
        ),
    )
    .start();
  if (handle === undefined) await Promise.all(context.processors.map((processor) => processor.stop()));
  return context;
}

/** As in https://docs.bullmq.io/guide/going-to-production: no limit of retries for workers; done jobs are removed. */
export function connectionOf(url: string): ConnectionOptions {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port), maxRetriesPerRequest: null };
}

export function bullQueue(url: string): Queue<Payload> {
  return new Queue<Payload>(QUEUE, { connection: connectionOf(url), defaultJobOptions: { removeOnComplete: true } });
}

/** As in https://docs.bullmq.io/guide/workers/concurrency */
export function bullWorker(
  url: string,
  concurrency: number,
  handle: Handle,
  options: Partial<WorkerOptions> = {},
): Worker<Payload> {
  const work = async ({ data }: Job<Payload>): Promise<void> => {
    await handle(data);
  };
  return new Worker<Payload>(QUEUE, work, {
    connection: connectionOf(url),
    concurrency,
    removeOnComplete: { count: 0 },
    ...options,
  });
}

/** The bare driver. */
export function bareRedis(url: string, enableAutoPipelining = false): Redis {
  return new Redis(url, { enableAutoPipelining });
}

/** A figure from what the server says about itself. */
export async function serverFigure(url: string, section: string, name: string): Promise<number> {
  const client = new Redis(url);
  try {
    const text = await client.info(section);
    return Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(text)?.[1]);
  } finally {
    client.disconnect();
  }
}

/** How many messages of ours wait, or are in hand. */
export async function leftOfOurs(context: DomainContext): Promise<number> {
  const { endpoints } = await context.stats();
  return endpoints.reduce((sum, { ready, delayed, inFlight }) => sum + ready + delayed + inFlight, 0);
}
