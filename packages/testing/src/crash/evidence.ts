import { streamIdOf, type AggregateEvent, type EventStoreDb, type QueryStore, type Transport } from '@ndomain/core';
import type { Balance, TransferOrder } from './bank.ts';
import { ENDPOINTS } from './bank-process.ts';
import type { Sighting, WitnessBook } from './witness.ts';

/** A transfer that was asked for. */
export interface Order extends TransferOrder {
  /** Its command may have been lost on purpose, or its process have died before it told anybody: then it need not have happened. */
  readonly mayBeMissing?: boolean;
}

export interface View {
  readonly account: string;
  readonly version: number;
  readonly amount: number;
}

/** All that is left when everything is over. */
export interface Evidence {
  readonly orders: readonly Order[];
  readonly events: readonly AggregateEvent[];
  readonly sightings: readonly Sighting[];
  readonly rumours: readonly string[];
  readonly views: readonly View[];
  /** What is still waiting, in flight, dead or uncommitted, in words. */
  readonly leftovers: readonly string[];
}

const PAGE_SIZE = 500;

export interface EvidenceSources {
  readonly eventStore: EventStoreDb;
  readonly transport: Transport;
  readonly queries: QueryStore;
  readonly witness: WitnessBook;
  readonly now: number;
}

export async function gatherEvidence(orders: readonly Order[], sources: EvidenceSources): Promise<Evidence> {
  const { eventStore, queries, witness } = sources;
  const accounts = [...new Set(orders.flatMap(({ from, to }) => [from, to]))];
  const events: AggregateEvent[] = [];
  const views: View[] = [];
  for (const account of accounts) {
    events.push(...(await allOf(eventStore, streamIdOf('Account', account))));
    const { version, data } = await queries.get(`balances/${account}`);
    views.push({ account, version, amount: (data as Balance | undefined)?.amount ?? 0 });
  }
  const { sightings, rumours } = witness;
  return { orders, events, views, sightings, rumours, leftovers: await leftovers(sources) };
}

/** What is not finished. Empty when all is quiet. */
export async function unfinished({ eventStore, transport, now }: EvidenceSources): Promise<readonly string[]> {
  const found: string[] = [];
  for (const endpoint of ENDPOINTS) {
    const { ready, delayed, inFlight } = await transport.figures(endpoint);
    if (ready + delayed + inFlight > 0) {
      found.push(`${endpoint}: ${ready} ready, ${delayed} delayed, ${inFlight} in flight`);
    }
  }
  for (const { streamId, transactionId } of await eventStore.findUncommitted({ olderThan: now + 1, limit: 10 })) {
    found.push(`uncommitted: ${transactionId} in ${streamId}`);
  }
  return found;
}

async function leftovers(sources: EvidenceSources): Promise<readonly string[]> {
  const found = [...(await unfinished(sources))];
  for (const endpoint of ENDPOINTS) {
    const dead = await sources.transport.deadLetters(endpoint).list({ limit: 10 });
    for (const { reason, message } of dead) {
      found.push(`dead in ${endpoint}: ${message?.name ?? 'broken'} (${reason.code}: ${reason.message})`);
    }
  }
  return found;
}

async function allOf(db: EventStoreDb, streamId: string): Promise<AggregateEvent[]> {
  const events: AggregateEvent[] = [];
  for (let hasMore = true; hasMore;) {
    const range = { from: events.length + 1, to: Number.MAX_SAFE_INTEGER, limit: PAGE_SIZE };
    const page = await db.load(streamId, range);
    events.push(...page.events);
    hasMore = page.hasMore && page.events.length > 0;
  }
  return events;
}
