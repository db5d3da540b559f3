import process from 'node:process';
import { z } from 'zod';
import { PAYLOAD } from '../../lib/payload.ts';
import type { Outcome, Parameters } from '../../lib/scenario.ts';
import { updateStreams } from '../../lib/updates.ts';

// Its store in memory pretends to be 100 ms away unless told otherwise, and reads that when it is loaded.
process.env['SLEEP_MS'] = '0';
process.env['LOG_LEVEL'] = 'fatal';
process.env['NODE_ENV'] = 'production';
const { act, cache, state, store } = await import('@rotorsoft/act');

const payload = z.object({ accountId: z.string(), amount: z.number(), note: z.string(), at: z.string() });
const Account = state({ Account: z.object({ balance: z.number() }) })
  .init(() => ({ balance: 0 }))
  .emits({ Deposited: payload })
  .patch({ Deposited: ({ data }, account) => ({ balance: account.balance + data.amount }) })
  .on({ deposit: payload })
  .emit((action) => ['Deposited', action])
  .on({ depositOften: z.object({ count: z.number() }) })
  .emit(({ count }) => Array.from({ length: count }, () => ['Deposited', PAYLOAD] as ['Deposited', typeof PAYLOAD]))
  .build();
const actor = { id: '1', name: 'bench' };

/** As in its quick start: https://github.com/rotorsoft/act-root/tree/master/libs/act */
export async function run(parameters: Parameters): Promise<Outcome> {
  return updateStreams(parameters, async () => {
    await store().drop();
    await cache().clear();
    const app = act().withState(Account).build();
    return {
      seed: (stream, count) => app.do('depositOften', { stream, actor }, { count }),
      update: (stream) => app.do('deposit', { stream, actor }, PAYLOAD),
      balance: async (stream) => (await app.load(Account, stream)).state.balance,
    };
  });
}
