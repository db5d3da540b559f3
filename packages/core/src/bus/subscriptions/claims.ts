import { backgroundClock, sleep, type Clock } from '../../kernel/clock.ts';
import { messageOf } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { Lease, Leases } from '../../kernel/leases.ts';
import type { Logger } from '../../kernel/logger.ts';
import { runOutsideHandling } from '../../kernel/message-context.ts';
import { subscriptionOf, type Subscription } from './subscription.ts';
import type { SubscriptionManager } from './subscription-manager.ts';

/** How long a process counts as living without news from it, in milliseconds, and how often it tells. */
const CLAIM_MS = 300_000;
const ROUND_MS = 100_000;
/** What is known of the others' claims is asked for again when it is older than this, in milliseconds, and needed. */
const FRESH_MS = 5_000;

/** What one living process handles at an endpoint. */
export interface Claim {
  /** Component → names of messages. */
  readonly components: Readonly<Record<string, readonly string[]>>;
  readonly processId: string;
}

export interface ClaimServices {
  readonly leases: Leases;
  readonly subscriptions: SubscriptionManager;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * G14: what each living process of an endpoint handles, told to the others under a lease. During a deployment processes of two versions share the
 * endpoint, and neither takes the other's subscriptions away. A subscription that no living process has claimed for `retireAfterMs` is *retired*: it is
 * removed, and a warning says so.
 */
export class Claims {
  readonly #endpoint: string;
  readonly #own: readonly Subscription[];
  readonly #retireAfterMs: number;
  readonly #services: ClaimServices;
  readonly #processId = newId();
  /** Ids of subscriptions that somebody claims, and when that was learned, by the clock's monotonic time. */
  #claimed: ReadonlySet<string> = new Set();
  #learnedAt = -Infinity;
  #isLearning = false;
  /** Since when nobody has claimed a subscription, as far as this process has seen. */
  readonly #unclaimedSince = new Map<string, number>();
  #lease: Lease | undefined;
  #stop: AbortController | undefined;
  #running: Promise<void> | undefined;

  constructor(endpoint: string, own: readonly Subscription[], retireAfterMs: number, services: ClaimServices) {
    this.#endpoint = endpoint;
    this.#own = own;
    this.#retireAfterMs = retireAfterMs;
    this.#services = services;
  }

  start(): void {
    const stop = new AbortController();
    this.#stop = stop;
    this.#running = runOutsideHandling(() => this.#run(stop.signal));
  }

  async stop(): Promise<void> {
    this.#stop?.abort();
    await this.#running;
    if (this.#lease !== undefined) await this.#services.leases.release(this.#lease);
    this.#lease = undefined;
  }

  /** Whether it is known that no living process handles what is subscribed to. What is known is asked for again when it may be old. */
  isUnclaimed(id: string): boolean {
    if (this.#services.clock.monotonic() - this.#learnedAt > FRESH_MS) {
      void this.#learn();
    }
    return this.#learnedAt !== -Infinity && !this.#claimed.has(id);
  }

  /** What the living processes claim. */
  async list(): Promise<readonly Claim[]> {
    const leases = await this.#services.leases.list(this.#nameOf(''));
    return leases.map(({ name, owner }) => ({
      processId: name.slice(this.#nameOf('').length),
      components: componentsOf(owner),
    }));
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#tell();
        await this.#retireUnclaimed();
      } catch (error) {
        const { logger } = this.#services;
        logger.warn({ err: error, endpoint: this.#endpoint }, `claims could not be told: ${messageOf(error)}`);
      }
      await sleep(backgroundClock(this.#services.clock), ROUND_MS, signal);
    }
  }

  async #tell(): Promise<void> {
    const { leases } = this.#services;
    if (this.#lease !== undefined && (await leases.renew(this.#lease, CLAIM_MS))) return;
    this.#lease = await leases.acquire(this.#nameOf(this.#processId), textOf(this.#own), CLAIM_MS);
  }

  /** Costs nothing while all subscriptions of the endpoint are this process's own. */
  async #retireUnclaimed(): Promise<void> {
    const own = new Set(this.#own.map(({ id }) => id));
    const others = this.#services.subscriptions.ofEndpoint(this.#endpoint).filter(({ id }) => !own.has(id));
    if (others.length === 0) return this.#unclaimedSince.clear();
    await this.#learn();
    const now = this.#services.clock.monotonic();
    // Where the claims could not be read nothing is retired.
    if (now - this.#learnedAt > FRESH_MS) return;
    for (const subscription of others) {
      const since = this.#unclaimedSince.get(subscription.id) ?? now;
      if (this.#claimed.has(subscription.id)) this.#unclaimedSince.delete(subscription.id);
      else if (now - since >= this.#retireAfterMs) await this.#retire(subscription);
      else this.#unclaimedSince.set(subscription.id, since);
    }
  }

  async #retire(subscription: Subscription): Promise<void> {
    this.#unclaimedSince.delete(subscription.id);
    if (!(await this.#services.subscriptions.remove(subscription))) return;
    const { topic, endpoint, component } = subscription;
    this.#services.logger.warn(
      { topic, endpoint, component },
      `retired the subscription of ${component} on "${endpoint}" to "${topic}": no living process has handled it for ` +
        `${this.#retireAfterMs} ms. What waits for it goes to the dead letters.`,
    );
  }

  async #learn(): Promise<void> {
    if (this.#isLearning) return;
    this.#isLearning = true;
    try {
      const claims = await this.list();
      this.#claimed = new Set(claims.flatMap(({ components }) => idsOf(components, this.#endpoint)));
      this.#learnedAt = this.#services.clock.monotonic();
    } catch (error) {
      this.#services.logger.warn({ err: error }, `claims could not be read: ${messageOf(error)}`);
    } finally {
      this.#isLearning = false;
    }
  }

  #nameOf(processId: string): string {
    return `claim/${this.#endpoint}/${processId}`;
  }
}

/** The lease's owner says what is claimed. Encoded, because what an owner may hold is the storage's business. */
function textOf(subscriptions: readonly Subscription[]): string {
  const components: Record<string, string[]> = {};
  for (const { component, topic } of subscriptions) (components[component] ??= []).push(topic);
  return Buffer.from(JSON.stringify(Object.entries(components))).toString('base64url');
}

function componentsOf(owner: string): Readonly<Record<string, readonly string[]>> {
  const entries = JSON.parse(Buffer.from(owner, 'base64url').toString()) as [string, string[]][];
  return Object.fromEntries(entries);
}

function idsOf(components: Claim['components'], endpoint: string): string[] {
  return Object.entries(components).flatMap(([component, topics]) =>
    topics.map((topic) => subscriptionOf(topic, endpoint, component).id),
  );
}
