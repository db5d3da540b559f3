import { Consumer } from './consumers.ts';
import { numberOf } from './parameters.ts';
import type { Outcome, Parameters } from './scenario.ts';

/** The process is killed when this share of the messages is handled. */
const KILL_AT = 0.3;

/** What a side has to be able to do. */
export interface RecoveringQueue {
  readonly url: string;
  /** Its module below `sides/consumers`. */
  readonly consumer: string;
  /** Sends messages whose `accountId` is their number. */
  fill(count: number): Promise<unknown>;
}

/** Kills one of two consumers, and watches what becomes of the messages that it had in hand. */
export async function measureRecovery(parameters: Parameters, queue: RecoveringQueue): Promise<Outcome> {
  const messages = numberOf(parameters, 'messages');
  const task = {
    url: queue.url,
    concurrency: numberOf(parameters, 'concurrency'),
    leaseMs: numberOf(parameters, 'leaseMs'),
    handlerMs: numberOf(parameters, 'handlerMs'),
    tellsEach: true,
  };
  await queue.fill(messages);
  const crew = await Consumer.startAll(2, queue.consumer, task);
  const [victim, survivor] = crew;
  if (victim === undefined || survivor === undefined) throw new Error('two consumers were asked for');
  await until(crew, () => ended(crew) >= messages * KILL_AT && victim.ended.length > 0 && survivor.ended.length > 0);
  await victim.kill();
  const killedAt = performance.now();
  const doneByVictim = new Set(victim.ended);
  const inHand = [...victim.begun].filter((index) => !doneByVictim.has(index));
  const recovered = new Set<number>();
  let seen = 0;
  await until([survivor], () => {
    for (; seen < survivor.ended.length; seen++) recovered.add(survivor.ended[seen] ?? -1);
    return inHand.every((index) => recovered.has(index));
  });
  const recoveryMs = performance.now() - killedAt;
  await until([survivor], () => new Set([...victim.ended, ...survivor.ended]).size === messages);
  await survivor.stop();
  const all = [...victim.ended, ...survivor.ended];
  const distinct = new Set(all).size;
  return {
    values: {
      'until its last message is handled': recoveryMs,
      lost: messages - distinct,
      'handled twice to the end': all.length - distinct,
    },
    proof: { 'had messages in hand': [inHand.length > 0 ? 'yes' : 'no', 'yes'] },
  };
}

const ended = (crew: readonly Consumer[]): number => crew.reduce((sum, { ended }) => sum + ended.length, 0);

/** Looks whenever one of them has told something, and at last when nothing new was told for as long as a lost message is waited for. */
function until(crew: readonly Consumer[], isSo: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!isSo()) return;
      clearTimeout(givingUp);
      resolve();
    };
    // What does not come within a minute is lost, and counted so.
    const givingUp = setTimeout(resolve, 60_000);
    for (const consumer of crew) consumer.onTold = look;
    look();
  });
}
