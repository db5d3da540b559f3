import { HEADERS, streamIdOf } from '@ndomain/core';
import type { Probe } from './probe.ts';
import type { Servers } from './servers.ts';
import { GUARANTEES, type Report } from './violation.ts';
import type { WitnessedMessage } from './witness-transport.ts';

/** Most violations of one kind that are told one by one. */
const TOLD = 5;

/** Looks at everything once all has come to rest. */
export async function checkAll(
  servers: Servers,
  probe: Probe,
  accepted: ReadonlySet<string>,
  report: Report,
): Promise<void> {
  const limited = limit(report);
  await checkStreams(servers, limited);
  await checkSubscriptions(servers, limited);
  checkProbe(servers, probe, limited);
  checkMessages(servers, accepted, limited);
  await checkQueues(servers, limited);
}

/** G4, G5: each stream is 1 … n, and what was stored. */
async function checkStreams({ events }: Servers, report: Report): Promise<void> {
  for (const [streamId, version] of events.versions) {
    const page = await events.load(streamId, { from: 1, to: Number.MAX_SAFE_INTEGER, limit: Number.MAX_SAFE_INTEGER });
    if (page.version !== version || page.events.length !== version) {
      const found = `${page.events.length} events at version ${page.version}`;
      report(GUARANTEES.order, `"${streamId}" has ${found}, and ${version} were stored`);
    }
    for (const [i, event] of page.events.entries()) {
      const stored = events.events.get(`${streamId}@${i + 1}`);
      if (event.sequenceId === i + 1 && event.name === stored?.name && event.transactionId === stored.transactionId) {
        continue;
      }
      const found = `${event.name} ${event.sequenceId} of ${event.transactionId}`;
      report(GUARANTEES.order, `"${streamId}" has at place ${i + 1} ${found}, stored was ${stored?.name}`);
    }
  }
  if (events.uncommittedCount > 0) {
    report(GUARANTEES.noLostEvent, `${events.uncommittedCount} appends are not known to be published`);
  }
}

/** G1, G6: each event was handled, or visibly given up, for each subscription. */
async function checkSubscriptions({ events, messages, subscriptions }: Servers, report: Report): Promise<void> {
  const byEvent = new Map<string, WitnessedMessage>();
  for (const witnessed of messages.messages.values()) {
    const { message } = witnessed;
    const { headers, endpoint, component } = message;
    const aggregateId = headers[HEADERS.aggregateId];
    if (aggregateId === undefined) continue;
    const streamId = streamIdOf(headers[HEADERS.aggregateName] ?? '', aggregateId);
    byEvent.set(`${endpoint}\n${component}\n${streamId}@${headers[HEADERS.sequenceId]}`, witnessed);
  }
  const all = await subscriptions.store.getAll();
  for (const [key, { name }] of events.events) {
    for (const { topic, endpoint, component } of all) {
      if (topic !== name) continue;
      const found = byEvent.get(`${endpoint}\n${component}\n${key}`);
      if (found !== undefined && (found.handled > 0 || found.dead > 0)) continue;
      const where = found === undefined ? 'was never sent to' : 'was not handled by';
      report(GUARANTEES.noLostEvent, `${name} (${key}) ${where} ${component} on "${endpoint}"`);
    }
  }
}

/** G1: the handlers really ran. */
function checkProbe({ events }: Servers, probe: Probe, report: Report): void {
  for (const [streamId, version] of events.versions) {
    const seen = probe.seen(streamId);
    if (seen < version)
      report(GUARANTEES.noLostEvent, `a handler saw ${seen} of the ${version} events of "${streamId}"`);
    if (seen > version)
      report(GUARANTEES.noPhantom, `a handler saw event ${seen} of "${streamId}", which has ${version}`);
  }
}

/** G2, G7, G8: what was accepted is there; each copy was handled or given up; nothing was sent by what failed. */
function checkMessages({ messages }: Servers, accepted: ReadonlySet<string>, report: Report): void {
  const handled = new Set<string>();
  const sent = new Set<string>();
  for (const { message, handled: count } of messages.messages.values()) {
    sent.add(message.id);
    if (count > 0) handled.add(message.id);
  }
  for (const id of accepted) {
    if (!sent.has(id)) report(GUARANTEES.noLostMessage, `the command ${id} was accepted, and never queued`);
  }
  for (const { message, sent: copies, handled: done, dead } of messages.messages.values()) {
    const { id, component, headers } = message;
    if (copies !== done + dead) {
      const counts = `sent ${copies} times, handled ${done} times, given up ${dead} times`;
      report(GUARANTEES.noLostMessage, `${id} for ${component} was ${counts}`);
    }
    const cause = headers[HEADERS.causationId];
    const isEvent = headers[HEADERS.aggregateId] !== undefined;
    if (cause !== undefined && !isEvent && !handled.has(cause)) {
      report(GUARANTEES.noPhantom, `${id} was sent while ${cause} was handled, which never succeeded`);
    }
  }
}

/** G8: the queues hold what they should: nothing, but for the dead letters. */
async function checkQueues({ messages }: Servers, report: Report): Promise<void> {
  const deadByEndpoint = new Map<string, number>();
  for (const { message, dead } of messages.messages.values()) {
    deadByEndpoint.set(message.endpoint, (deadByEndpoint.get(message.endpoint) ?? 0) + dead);
  }
  for (const endpoint of messages.endpoints) {
    const { ready, delayed, inFlight, dead } = await messages.figures(endpoint);
    if (ready + delayed + inFlight > 0) {
      report(GUARANTEES.noLostMessage, `"${endpoint}" has ${ready} ready, ${delayed} delayed, ${inFlight} in flight`);
    }
    const expected = deadByEndpoint.get(endpoint) ?? 0;
    if (dead !== expected) {
      report(GUARANTEES.giveUpVisibly, `"${endpoint}" has ${dead} dead letters, ${expected} were given up`);
    }
  }
}

/** A bug that shows everywhere is told a few times. */
function limit(report: Report): Report {
  const told = new Map<string, number>();
  return (guarantee, what) => {
    const count = (told.get(guarantee) ?? 0) + 1;
    told.set(guarantee, count);
    if (count <= TOLD) report(guarantee, what);
  };
}
