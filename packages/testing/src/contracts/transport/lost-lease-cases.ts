import assert from 'node:assert/strict';
import type { MessageTransaction } from '@ndomain/core';
import { failsWith } from '../support/codes.ts';
import { ENDPOINT, figuresAre, message, REASON, receiveOne } from './messages.ts';
import type { TransportCase } from './transport-setup.ts';

const LATE: readonly (readonly [string, (transaction: MessageTransaction, leaseMs: number) => unknown])[] = [
  ['commit', (transaction) => transaction.commit()],
  ['fail', (transaction) => transaction.fail()],
  ['release', (transaction) => transaction.release()],
  ['extend', (transaction, leaseMs) => transaction.extend(leaseMs)],
  ['deadLetter', (transaction) => transaction.deadLetter(REASON)],
];

export const LOST_LEASE_CASES: readonly TransportCase[] = [
  ...LATE.map(([method, call]): TransportCase => ({
    name: `G7 ${method} after the lease was lost says so, and does nothing to the new receiver's message`,
    async run({ first, second, time }, { leaseMs }) {
      await first.send([message('1')]);
      const late = await receiveOne(first.receiver(ENDPOINT, { leaseMs }));
      await time.advance(leaseMs + time.toleranceMs);
      const current = await receiveOne(second.receiver(ENDPOINT, { leaseMs: 60_000 }));
      await failsWith('ND_LEASE_LOST', () => call(late, leaseMs));
      await figuresAre(second, { inFlight: 1 });
      assert.equal(current.deliveryCount, 2);
      await current.extend(60_000);
      await current.commit();
      await figuresAre(second, {});
    },
  })),
  {
    name: 'a message that was finished is not ours any more',
    async run({ first, second }, { leaseMs }) {
      await first.send([message('1')]);
      const transaction = await receiveOne(first.receiver(ENDPOINT, { leaseMs }));
      await transaction.commit();
      for (const [, call] of LATE) await failsWith('ND_LEASE_LOST', () => call(transaction, leaseMs));
      await figuresAre(second, {});
    },
  },
  {
    name: 'G7 closing a receiver leaves alone what it has lost',
    async run({ first, second, time }, { leaseMs }) {
      await first.send([message('1')]);
      const inbound = first.receiver(ENDPOINT, { leaseMs });
      await receiveOne(inbound);
      await time.advance(leaseMs + time.toleranceMs);
      const current = await receiveOne(second.receiver(ENDPOINT, { leaseMs: 60_000 }));
      await inbound.close();
      await figuresAre(second, { inFlight: 1 });
      await current.commit();
    },
  },
];
