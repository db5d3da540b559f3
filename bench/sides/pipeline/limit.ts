import { BareQueue } from '../../lib/bare-queue.ts';
import { sendAll } from '../../lib/flow.ts';
import { numberOf } from '../../lib/parameters.ts';
import { PAYLOAD, type Payload } from '../../lib/payload.ts';
import { rate } from '../../lib/rate.ts';
import type { Outcome, Parameters } from '../../lib/scenario.ts';
import { Sums } from '../../lib/sums.ts';

const UPDATES = 5;

interface Deposited {
  readonly accountId: string;
  readonly version: number;
  readonly payload: Payload;
}

/** A queue of commands, an array for each stream, and a queue of events; what is stored and what is sent is a copy by JSON. */
export async function run(parameters: Parameters): Promise<Outcome> {
  const count = numberOf(parameters, 'count');
  const sums = new Sums();
  const streams = new Map<string, Deposited[]>();
  const events = new BareQueue<Deposited>(50, async ({ payload }) => sums.add(payload.amount));
  const load = async (id: string): Promise<readonly Deposited[]> => streams.get(id) ?? [];
  const append = async (event: Deposited): Promise<void> => {
    const stream = streams.get(event.accountId) ?? [];
    streams.set(event.accountId, stream);
    if (stream.length !== event.version) throw new Error('somebody else was faster');
    stream.push(JSON.parse(JSON.stringify(event)) as Deposited);
  };
  let balances = 0;
  const commands = new BareQueue<Payload>(50, async (payload) => {
    const stored = await load(payload.accountId);
    let balance = 0;
    for (const event of stored) balance += event.payload.amount;
    balances += balance;
    const event = { accountId: payload.accountId, version: stored.length, payload };
    await append(event);
    await events.send(event);
  });
  let round = 0;
  const value = await rate(
    () => {
      round++;
      const before = sums.begin(count);
      return sendAll(
        count,
        () => sums.handled - before,
        (i) => commands.send({ ...PAYLOAD, accountId: `${round}-${i % (count / UPDATES)}` }),
      );
    },
    numberOf(parameters, 'forMs'),
  );
  // Each account is at 0, 1, 2, 3 and 4 deposits when it is changed.
  const expected = (round * count * PAYLOAD.amount * (UPDATES - 1)) / 2;
  return { values: { '': value }, proof: { ...sums.proof, 'sum of the balances': [balances, expected] } };
}
