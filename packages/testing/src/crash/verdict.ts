import type { AggregateEvent } from '@ndomain/core';
import type { AccountEvents } from './bank.ts';
import { LISTENERS } from './bank-process.ts';
import type { Evidence, Order, View } from './evidence.ts';

/** What a run has shown, each finding in words. All empty: the guarantees were kept. */
export interface Verdict {
  /** G1, G7: what was accepted or stored, and has not taken effect everywhere. */
  readonly lost: readonly string[];
  /** G2: what was seen or done although nobody stored or asked for it. */
  readonly phantom: readonly string[];
  /** G3: what took effect more than once. */
  readonly doubled: readonly string[];
  /** G5: what an ordered endpoint was given before what stands in front of it in one append. */
  readonly disordered: readonly string[];
}

/** How often each event of a transfer has to be there. */
const PARTS = ['Withdrawn', 'Charged', 'Noted', 'Credited'] as const satisfies (keyof AccountEvents)[];

export function judge(evidence: Evidence): Verdict {
  const verdict = { lost: [...evidence.leftovers], phantom: [], doubled: [], disordered: [] };
  judgeTransfers(evidence, verdict);
  judgeListeners(evidence, verdict);
  for (const view of evidence.views) judgeView(view, evidence.events, verdict);
  judgeOrder(evidence, verdict);
  return verdict;
}

export function isClean({ lost, phantom, doubled, disordered }: Verdict): boolean {
  return lost.length + phantom.length + doubled.length + disordered.length === 0;
}

type Findings = { readonly [Kind in keyof Verdict]: string[] };

function judgeTransfers({ orders, events, rumours }: Evidence, { lost, phantom, doubled }: Findings): void {
  const counts = new Map<string, number>();
  for (const event of events) {
    const key = keyOf(event.name, transferOf(event), event.aggregateId);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  for (const order of orders) {
    const [withdrawn = 0, charged = 0, noted = 0, credited = 0] = PARTS.map((name) => {
      const key = keyOf(name, order.transfer, name === 'Credited' ? order.to : order.from);
      const count = counts.get(key) ?? 0;
      counts.delete(key);
      if (count > 1) doubled.push(`${name} of ${order.transfer}: ${count} times`);
      if (count === 0 && order.mayBeMissing !== true) lost.push(`${name} of ${order.transfer}`);
      return count;
    });
    // One append is stored whole, and nothing follows from what was not stored.
    if (withdrawn !== charged) lost.push(`half of the append of ${order.transfer}`);
    if (noted > withdrawn) phantom.push(`Noted of ${order.transfer}, without its withdrawal`);
    if (credited > noted) phantom.push(`Credited of ${order.transfer}, sent by a handling that did not succeed`);
  }
  for (const key of counts.keys()) phantom.push(`nobody asked for ${key}`);
  for (const rumour of rumours) phantom.push(`the rumour ${rumour}, sent by a handling that failed`);
}

function judgeListeners({ events, sightings }: Evidence, { lost, phantom }: Findings): void {
  const stored = new Map(events.map((event) => [placeOf(event.aggregateId, event.sequenceId), event]));
  const seen = new Map<string, Set<string>>(LISTENERS.map((listener) => [listener, new Set()]));
  for (const { component, account, sequenceId, name, payload } of sightings) {
    const place = placeOf(account, sequenceId);
    const event = stored.get(place);
    seen.get(component)?.add(place);
    if (event === undefined || event.name !== name || JSON.stringify(event.payload) !== JSON.stringify(payload)) {
      phantom.push(`${component} saw ${name} at ${place}, which is not stored`);
    }
  }
  for (const [listener, places] of seen) {
    for (const [place, { name }] of stored) {
      if (!places.has(place)) lost.push(`${listener} never saw ${name} at ${place}`);
    }
  }
}

function judgeView(view: View, events: readonly AggregateEvent[], { lost, phantom, doubled }: Findings): void {
  const its = events.filter(({ aggregateId }) => aggregateId === view.account);
  const amount = its.reduce((sum, event) => sum + effectOf(event), 0);
  if (view.version < its.length) lost.push(`the view of ${view.account} is at ${view.version} of ${its.length}`);
  else if (view.version > its.length)
    phantom.push(`the view of ${view.account} is at ${view.version} of ${its.length}`);
  else if (view.amount !== amount) doubled.push(`the view of ${view.account} says ${view.amount}, and it is ${amount}`);
}

/**
 * The events of one append are published in order, so an ordered endpoint is given each for the first time after those in front of it; what
 * comes again may come at any time. Appends follow each other as they were published, which a crash in between delays.
 */
function judgeOrder({ events, sightings }: Evidence, { disordered }: Findings): void {
  const stored = new Map(events.map((event) => [placeOf(event.aggregateId, event.sequenceId), event]));
  const seen = new Set<string>();
  for (const { component, account, sequenceId } of sightings) {
    if (component !== 'ledger') continue;
    const place = placeOf(account, sequenceId);
    const before = placeOf(account, sequenceId - 1);
    seen.add(place);
    const areOfOneAppend = stored.get(before)?.transactionId === stored.get(place)?.transactionId;
    if (areOfOneAppend && !seen.has(before)) disordered.push(`ledger saw ${place} before ${before}`);
  }
}

function effectOf({ name, payload }: AggregateEvent): number {
  const { amount = 0, fee = 0 } = payload as { readonly amount?: number; readonly fee?: number };
  return name === 'Credited' ? amount : -(amount + fee);
}

function transferOf({ payload }: AggregateEvent): string {
  return (payload as Order).transfer;
}

function keyOf(name: string, transfer: string, account: string): string {
  return `${name} of ${transfer} in ${account}`;
}

function placeOf(account: string, sequenceId: number): string {
  return `${account}@${sequenceId}`;
}
