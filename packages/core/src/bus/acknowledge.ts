import { isPromise } from '../kernel/promise-or-value.ts';
import type { EndpointServices } from './endpoint-services.ts';
import type { Handling } from './handling.ts';

/**
 * Takes a handled message out of its queue. Never rejects: what cannot be acknowledged is remembered, and will be when it comes back
 * (G7). Undefined when it is done at once.
 */
export function acknowledge(handling: Handling, services: EndpointServices): Promise<void> | undefined {
  try {
    const committing = handling.transaction.commit();
    return isPromise(committing)
      ? committing.catch((error: unknown) => remember(handling, services, error))
      : undefined;
  } catch (error) {
    remember(handling, services, error);
    return undefined;
  }
}

function remember({ component, messageId }: Handling, { late, failures }: EndpointServices, error: unknown): void {
  late.add(component, messageId);
  failures.report(error, 'a handled message could not be acknowledged; it will be when it comes back');
}
