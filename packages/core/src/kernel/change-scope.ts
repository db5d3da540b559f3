import { AsyncLocalStorage } from 'node:async_hooks';
import { EffectWithinUpdateError } from './errors.ts';

/*
 * The callback of `repository.update` decides, and has no effects of its own: it is called again after a conflict, and not at all when its
 * message comes a second time. What it sent would leave twice, or be lost.
 */

type Change<A> = (aggregate: A) => void | Promise<void>;

// A callback that does not wait is over when it returns: knowing of it costs nothing.
let presentStream: string | undefined;
// Those that wait are followed over what they wait for.
const streams = new AsyncLocalStorage<string>();
const AsyncFunction = Object.getPrototypeOf(async () => undefined) as object;

/** Calls `change` so that what it does is known to belong to a change of this stream. */
export function callChange<A>(streamId: string, change: Change<A>, aggregate: A): void | Promise<void> {
  if (Object.getPrototypeOf(change) === AsyncFunction) return streams.run(streamId, change, aggregate);
  presentStream = streamId;
  try {
    return change(aggregate);
  } finally {
    presentStream = undefined;
  }
}

/** To be asked by whatever has an effect. Throws `ND_EFFECT_WITHIN_UPDATE`. `what` says what was done, such as `"PlaceOrder" was sent`. */
export function refuseWithinChange(what: string): void {
  const streamId = presentStream ?? streams.getStore();
  if (streamId !== undefined) throw new EffectWithinUpdateError(what, streamId);
}
