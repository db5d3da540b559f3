import type { ChildProcess } from 'node:child_process';
import { encode } from '@ndomain/core';
import type { ParentParts } from './local-parts.ts';
import { TransportHost } from './transport-host.ts';
import { decodeArgs, failureOf, type FromChild, type ToChild } from './wire.ts';

type Method = (...args: readonly unknown[]) => unknown;

/** Further services that a child may call, by name. */
export type Services = Readonly<Record<string, object>>;

/** Serves the parent's parts to one child for as long as it lives. Each call is done whole, or was never received. */
export async function hostParts(child: ChildProcess, parts: ParentParts, others: Services): Promise<void> {
  const transport = new TransportHost(parts.transport);
  const services: Services = {
    ...others,
    transport,
    eventStore: parts.eventStore,
    subscriptions: parts.subscriptions.store,
    broker: parts.subscriptions.broker,
    queries: parts.queries,
    inbox: parts.inbox,
    leases: parts.leases,
    witness: parts.witness,
  };
  const serviceOf = (name: string): object | undefined =>
    name.startsWith('deadLetters/') ? parts.transport.deadLetters(name.slice('deadLetters/'.length)) : services[name];
  child.on('message', (call: FromChild) => {
    void answer(call, serviceOf(call.service)).then((each) => tell(child, each));
  });
  const stopListening = await parts.subscriptions.broker.onChange((change, subscription) =>
    tell(child, { kind: 'notice', what: 'subscription', data: encode([change, subscription]) }),
  );
  // 'disconnect' comes after the last message that the child got out.
  child.once('disconnect', () => {
    transport.gone();
    void stopListening();
  });
}

/** Says something to a child that may be gone. */
export function tell(child: ChildProcess, message: ToChild): void {
  if (child.connected) child.send(message, () => undefined);
}

async function answer({ id, service, method, args }: FromChild, target: object | undefined): Promise<ToChild> {
  try {
    const found: unknown = target === undefined ? undefined : Reflect.get(target, method, target);
    if (typeof found !== 'function') throw new Error(`The parent has no ${service}.${method}.`);
    const result: unknown = await (found as Method).apply(target, [...decodeArgs(args)]);
    return { kind: 'answer', id, result: encode(result) };
  } catch (error) {
    return failureOf(id, error);
  }
}
