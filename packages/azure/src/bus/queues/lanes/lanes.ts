import type { Clock, InboundTransport, ReceiverOptions } from '@ndomain/core';
import type { AzureTable } from '../../../connection/azure-connection.ts';
import type { ServiceClock } from '../../../connection/service-clock.ts';
import type { AzureDeadLetters } from '../azure-dead-letters.ts';
import type { ClaimChecks } from '../claim-checks.ts';
import type { Outgoing } from '../outgoing.ts';
import type { LiveFigures } from '../queue-figures.ts';
import type { Wakers } from '../wakers.ts';
import { momentText } from './lane-rows.ts';
import type { LaneParts } from './lane-parts.ts';
import { LaneReceiver } from './lane-receiver.ts';
import { LaneSender } from './lane-sender.ts';
import { LaneTable } from './lane-table.ts';
import { LaneWatch } from './lane-watch.ts';

/** What the lanes of all endpoints share. */
export interface LaneServices {
  readonly table: AzureTable;
  readonly clock: Clock;
  readonly serviceClock: ServiceClock;
  readonly claims: ClaimChecks;
  readonly wakers: Wakers;
  readonly deadLetters: (endpoint: string) => AzureDeadLetters;
}

/**
 * The lanes of one endpoint: the messages of its partitions, in the order in which they were sent (G5). Queues of Azure keep no order, so these
 * are rows of a table, whose keys do.
 */
export class Lanes {
  readonly #parts: LaneParts;
  readonly #sender: LaneSender;

  constructor(endpoint: string, services: LaneServices) {
    const { clock, serviceClock, claims, wakers } = services;
    const table = new LaneTable(endpoint, services.table, serviceClock);
    const watch = new LaneWatch(endpoint, table, wakers, clock);
    const deadLetters = (): AzureDeadLetters => services.deadLetters(endpoint);
    this.#parts = { endpoint, clock, serviceClock, table, watch, wakers, claims, deadLetters };
    this.#sender = new LaneSender(this.#parts);
  }

  /** At the end of their lanes; `isFirst`: before all others. */
  send(messages: readonly Outgoing[], isFirst?: boolean): Promise<void> {
    return this.#sender.send(messages, isFirst);
  }

  receiver(lane: number, options: ReceiverOptions, onClose: (receiver: InboundTransport) => void): InboundTransport {
    return new LaneReceiver(lane, options, this.#parts, onClose);
  }

  /** Exact at the time of reading: a request for each 1,000 messages. */
  async figures(): Promise<LiveFigures> {
    const now = momentText(this.#parts.serviceClock.now());
    const states = await this.#parts.table.states();
    const ready = states.filter(({ VisibleAt: at = '' }) => at <= now);
    const inFlight = states.filter(({ VisibleAt: at = '', IsLeased }) => at > now && IsLeased === true).length;
    const oldest = Math.min(...ready.map(({ ReadyAt: at = now }) => Number(at)));
    return {
      ready: ready.length,
      delayed: states.length - ready.length - inFlight,
      inFlight,
      ...(ready.length === 0 ? {} : { oldestReadyAt: this.#parts.serviceClock.toOurs(oldest) }),
    };
  }
}
