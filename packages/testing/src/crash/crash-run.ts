import { silentLogger, type BackendServices, type DomainContext } from '@ndomain/core';
import { Account, type BankCommands } from './bank.ts';
import { BANK, bankClient, bankProcess, type BankProcessOptions } from './bank-process.ts';
import type { CrashPair, CrashSite } from './crash-pair.ts';
import type { CrashPoint } from './crash-point.ts';
import { localSpares, storesOf, type CrashStores, type SpareStores } from './crash-stores.ts';
import { gatherEvidence, unfinished, type EvidenceSources } from './evidence.ts';
import { MortalProcess } from './mortal-process.ts';
import { judge, type Verdict } from './verdict.ts';
import { watchedStores } from './watched-stores.ts';
import { watchedService } from './watched-service.ts';
import { WitnessBook } from './witness.ts';

/** What becomes of the command whose process was killed. */
export type CommandFate =
  /** It comes back when its lease is over. */
  | 'comes back'
  /** It is gone: what the process had stored is all there is. */
  | 'is lost'
  /** There was none: the process changed the aggregate by itself. */
  | 'never was';

export interface CrashPlan {
  /** Where the first process dies, and the second, … One more goes on to the end. */
  readonly kills: readonly CrashPoint[];
  readonly fate: CommandFate;
  /** The recovery loop does nothing, so what was left unpublished is up to the command. @default false */
  readonly withoutRecovery?: boolean;
}

export interface CrashOutcome {
  readonly verdict: Verdict;
  /** How many of the planned kills struck. */
  readonly struck: number;
}

export const DEFAULT_LEASE_MS = 1_000;
const TICKS_PER_LEASE = 10;
/** A partition of a dead process takes two leases; two dead processes and their retries take a few more. */
const PATIENCE_LEASES = 30;
/** Longer than any run takes. */
const NEVER_MS = 24 * 60 * 60 * 1_000;

const ORDER = { transfer: 't1', from: 'ada', to: 'ben', amount: 10 };

/** Runs one transfer of money, kills the processes that work on it as planned, and judges what is left. */
export async function runCrash(pair: CrashPair, plan: CrashPlan): Promise<CrashOutcome> {
  const site = await pair.create();
  try {
    await using run = new CrashRun(site, pair.leaseMs ?? DEFAULT_LEASE_MS, plan);
    return await run.run();
  } finally {
    await pair.cleanUp?.(site);
  }
}

class CrashRun implements AsyncDisposable {
  readonly #site: CrashSite;
  readonly #leaseMs: number;
  readonly #plan: CrashPlan;
  readonly #witness = new WitnessBook();
  readonly #spares: SpareStores;
  readonly #closing: (() => Promise<void>)[] = [];
  #struck = 0;

  constructor(site: CrashSite, leaseMs: number, plan: CrashPlan) {
    this.#site = site;
    this.#leaseMs = leaseMs;
    this.#plan = plan;
    this.#spares = localSpares(site.clock);
  }

  async run(): Promise<CrashOutcome> {
    const { kills, fate } = this.#plan;
    const stores = await this.#open();
    await this.#subscribe(stores);
    if (fate !== 'never was') await this.#sendCommands(stores);
    await this.#live(stores, kills[0], fate === 'never was');
    if (fate === 'is lost') await this.#loseCommand(stores);
    for (const point of kills.slice(1)) await this.#live(stores, point, false);
    if (kills.length > 0) await this.#live(stores, undefined, false);
    const order = { ...ORDER, mayBeMissing: fate !== 'comes back' };
    const verdict = judge(await gatherEvidence([order], this.#sources(stores)));
    return { verdict, struck: this.#struck };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const close of this.#closing.toReversed()) await close();
  }

  /** Runs a process until it dies, or has nothing left to do and was stopped. */
  async #live(stores: CrashStores, point: CrashPoint | undefined, actsByItself: boolean): Promise<void> {
    const process = new MortalProcess(point?.isReached);
    let context: DomainContext | undefined;
    let isActing = true;
    const acting = this.#start(process).then(async (started) => {
      context = started;
      if (actsByItself) await started.repository(Account).createOrUpdate(ORDER.from, withdraw);
      isActing = false;
    });
    const isThrough = async (): Promise<boolean> => !isActing && (await this.#isQuiet(stores));
    await this.#tickUntil(async () => process.isDead || (await isThrough()), acting);
    if (context !== undefined && !process.isDead) await this.#stop(context, process);
    if (process.isDead) this.#struck++;
  }

  async #start(process: MortalProcess): Promise<DomainContext> {
    const stores = watchedStores(await this.#open(), process, { oneEndpointAtATime: true });
    const witness = watchedService(this.#witness, 'witness', process);
    const clock = process.clock(this.#site.clock);
    return bankProcess({ ...this.#options(stores), witness, clock }).start();
  }

  async #stop(context: DomainContext, process?: MortalProcess): Promise<void> {
    let hasStopped = false;
    const stopping = context.stop().then(() => (hasStopped = true));
    await this.#tickUntil(async () => hasStopped || process?.isDead === true, stopping);
  }

  /** Lets time pass until the condition holds, or for as long as a recovery can take. Rejects when `meanwhile` does. */
  async #tickUntil(condition: () => Promise<boolean>, meanwhile: Promise<unknown>): Promise<void> {
    const failed = Promise.withResolvers<never>();
    meanwhile.catch(failed.reject);
    for (let tick = 0; tick < PATIENCE_LEASES * TICKS_PER_LEASE; tick++) {
      if (await Promise.race([condition(), failed.promise])) return;
      await this.#site.time.advance(this.#leaseMs / TICKS_PER_LEASE);
    }
  }

  /** Looks twice: what goes from the store to a queue while one looks, from the queue to the store, is in neither. */
  async #isQuiet(stores: CrashStores): Promise<boolean> {
    for (let look = 1; look <= 2; look++) {
      if ((await unfinished(this.#sources(stores))).length > 0) return false;
    }
    return true;
  }

  /** Makes the endpoints known, as an earlier run of the program has. */
  async #subscribe(stores: CrashStores): Promise<void> {
    await this.#stop(await bankProcess(this.#options(stores)).start());
  }

  /** Each command comes twice, as from a double click. */
  async #sendCommands(stores: CrashStores): Promise<void> {
    const client = await bankClient(this.#options(stores)).start();
    const commands = client.commands<BankCommands>();
    for (let copy = 1; copy <= 2; copy++) {
      await commands.send('Transfer', ORDER, { id: 'transfer-1' });
      await commands.send('Boast', { transfer: ORDER.transfer }, { id: 'boast-1' });
    }
    await this.#stop(client);
  }

  /** Takes the command out of the queue as soon as it is back. */
  async #loseCommand({ transport }: CrashStores): Promise<void> {
    const receiver = transport.receiver(BANK, { leaseMs: this.#leaseMs });
    const isBack = async (): Promise<boolean> => (await transport.figures(BANK)).inFlight === 0;
    await this.#tickUntil(isBack, Promise.resolve());
    const { ready } = await transport.figures(BANK);
    const received = ready === 0 ? [] : await receiver.receive(ready, AbortSignal.timeout(this.#leaseMs));
    for (const transaction of received.toReversed()) {
      if (transaction.read().message?.name === 'Transfer') await transaction.commit();
      else await transaction.release();
    }
    await receiver.close();
  }

  async #open(): Promise<CrashStores> {
    const backend = await this.#site.open();
    const services: BackendServices = { clock: this.#site.clock, logger: silentLogger };
    await backend.open?.(services);
    const stores = storesOf(backend, this.#spares, services);
    this.#closing.push(async () => {
      if (typeof backend.transport === 'function') await stores.transport[Symbol.asyncDispose]();
      await backend.close?.();
    });
    return stores;
  }

  #options(stores: CrashStores): BankProcessOptions {
    const { clock } = this.#site;
    return {
      stores,
      witness: this.#witness,
      clock,
      logger: silentLogger,
      leaseMs: this.#leaseMs,
      recoverAfterMs: this.#plan.withoutRecovery === true ? NEVER_MS : undefined,
    };
  }

  #sources({ eventStore, transport, queries }: CrashStores): EvidenceSources {
    return { eventStore, transport, queries, witness: this.#witness, now: this.#site.time.now() };
  }
}

function withdraw(account: Account): void {
  account.withdraw(ORDER.transfer, ORDER.amount);
}
