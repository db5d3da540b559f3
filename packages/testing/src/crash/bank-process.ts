import { DomainContext, type Clock, type DomainContextBuilder, type Logger } from '@ndomain/core';
import { Account, Balances, Listener, Teller, type BankCommands } from './bank.ts';
import type { CrashStores } from './crash-stores.ts';
import type { Witness } from './witness.ts';

export interface BankProcessOptions {
  readonly stores: CrashStores;
  readonly witness: Witness;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long a dead process keeps what it had in hand, in milliseconds. */
  readonly leaseMs: number;
  /**
   * How old an uncommitted append is when the recovery loop takes it for a dead process's, in milliseconds.
   * @default leaseMs
   */
  readonly recoverAfterMs?: number | undefined;
}

/** The endpoint that takes commands, and those that events reach. */
export const BANK = 'bank';
export const LISTENERS = ['ledger', 'mail'] as const;
export const ENDPOINTS = [BANK, ...LISTENERS, 'balances'] as const;

/** Crashes are counted as deliveries; so many are no reason to give a message up here. */
const MOST_DELIVERIES = 1_000;

/** What every process is configured with, those that handle nothing too. */
export function bankClient(options: BankProcessOptions): DomainContextBuilder {
  const { stores, clock, logger, leaseMs, recoverAfterMs = leaseMs } = options;
  const { eventStore, transport, subscriptions, queries, inbox, leases } = stores;
  return DomainContext.configure()
    .clock(clock)
    .logging((c) => c.logger(logger))
    .queries(queries)
    .eventSourcing((c) =>
      c
        .store(eventStore)
        .bind(Account)
        .recovery({ olderThanMs: recoverAfterMs, everyMs: Math.ceil(leaseMs / 4) }),
    )
    .bus((c) => c.transport(transport).subscriptions(subscriptions).inbox(inbox).leases(leases));
}

/**
 * A process that does everything: it handles the commands, and has a listener whose messages come in order, one with an inbox, and a
 * projection.
 */
export function bankProcess(options: BankProcessOptions): DomainContextBuilder {
  const { witness, leaseMs } = options;
  const delayedRetries = Array.from({ length: 20 }, () => leaseMs / 10);
  return bankClient(options).bus((c) =>
    c
      .withProcessor((p) =>
        p
          .endpoint(BANK)
          .lease(leaseMs)
          .maxDeliveries(MOST_DELIVERIES)
          .recoverability({ immediateRetries: MOST_DELIVERIES, delayedRetries })
          .registerHandler(Teller, (context) => {
            return new Teller(context.repository(Account), context.commands<BankCommands>(), witness);
          }),
      )
      .withProcessor((p) =>
        p
          .endpoint('ledger')
          .lease(leaseMs)
          .maxDeliveries(MOST_DELIVERIES)
          .ordered({ partitions: 2, partitionLeaseMs: leaseMs })
          .registerHandler(new Listener(witness), { component: 'ledger' }),
      )
      .withProcessor((p) =>
        p
          .endpoint('mail')
          .lease(leaseMs)
          .maxDeliveries(MOST_DELIVERIES)
          .registerHandler(new Listener(witness), { component: 'mail', inbox: true }),
      )
      .withProcessor((p) =>
        p.endpoint('balances').lease(leaseMs).maxDeliveries(MOST_DELIVERIES).registerProjection(Balances),
      ),
  );
}
