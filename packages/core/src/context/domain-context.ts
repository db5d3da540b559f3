import { DomainContextBuilder } from './domain-context-builder.ts';
import type { RunningContext } from './running-context.ts';

/** The running whole: what `DomainContext.configure()…start()` resolves with. */
export type DomainContext = RunningContext;

/**
 * Where everything begins:
 *
 * ```ts
 * const context = await DomainContext.configure()
 *   .eventSourcing(c => c.bind(Sale))
 *   .bus(c => c.withProcessor(p => p.endpoint('sales')
 *     .registerHandler(SaleCommandHandler, c => new SaleCommandHandler(c.repository(Sale)))))
 *   .start();
 * ```
 */
export const DomainContext = {
  configure(): DomainContextBuilder {
    return new DomainContextBuilder();
  },
};
