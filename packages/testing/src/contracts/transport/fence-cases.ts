import assert from 'node:assert/strict';
import type { Lease, Leases, MessageTransaction } from '@ndomain/core';
import { failsWith } from '../support/codes.ts';
import { ENDPOINT, figuresAre, message, REASON, receive, receiveOne } from './messages.ts';
import type { TransportBackend, TransportCase, TransportSetup } from './transport-setup.ts';

const PARTITION = 3;
/** As the partitions of an endpoint are named in `Leases`. */
const NAME = `partition/${ENDPOINT}/0003`;

const LATE: readonly (readonly [string, (transaction: MessageTransaction) => unknown])[] = [
  ['commit', (transaction) => transaction.commit()],
  ['fail', (transaction) => transaction.fail()],
  ['release', (transaction) => transaction.release()],
  ['extend', (transaction) => transaction.extend(60_000)],
  ['deadLetter', (transaction) => transaction.deadLetter(REASON)],
];

export const FENCE_CASES: readonly TransportCase[] = [
  ...LATE.map(([method, call]): TransportCase => ({
    name: `G5 ${method} by a process that stood still while its partition was granted to another is refused`,
    unless,
    async run(backend, { leaseMs }) {
      const { first, second, time } = backend;
      const leases = leasesOf(backend);
      const lease = await granted(leases, 'frozen', leaseMs);
      await first.send([message('1', { partition: PARTITION }), message('2', { partition: PARTITION })]);
      // The messages stay leased for long: it is the partition alone that is lost.
      const frozen = first.receiver(ENDPOINT, { leaseMs: 600_000, partition: PARTITION, lease });
      const [late] = await receive(frozen, 1);
      assert.ok(late);
      await time.advance(leaseMs + 2 * time.toleranceMs);
      await granted(leases, 'next', 600_000);

      await failsWith('ND_LEASE_LOST', () => call(late));
      await failsWith('ND_LEASE_LOST', () => frozen.receive(1, new AbortController().signal));
      await figuresAre(second, { ready: 1, inFlight: 1 });
    },
  })),
  {
    name: 'G5 whoever was granted a partition works on it, also after its lease ran out, while nobody else was',
    unless,
    async run(backend, { leaseMs }) {
      const { first, second, time } = backend;
      const lease = await granted(leasesOf(backend), 'one', leaseMs);
      const receiver = first.receiver(ENDPOINT, { leaseMs: 600_000, partition: PARTITION, lease });
      await second.send([message('1', { partition: PARTITION }), message('2', { partition: PARTITION })]);
      const done = await receiveOne(receiver);
      await done.extend(600_000);
      await done.commit();
      const failed = await receiveOne(receiver);
      await time.advance(leaseMs + 2 * time.toleranceMs);
      await failed.fail();
      await (await receiveOne(receiver)).release();
      await figuresAre(second, { ready: 1 });
    },
  },
];

/** Its queues and its leases have to be in one place. */
function unless({ checksFences }: TransportSetup): string | undefined {
  return checksFences === true ? undefined : 'its queues and its leases do not share a storage';
}

function leasesOf({ leases, first }: TransportBackend): Leases {
  assert.ok(leases, 'a backend that checks fences has to give the leases of the same storage');
  assert.ok(first.storage !== undefined && first.storage === leases.storage, 'both have to name one storage');
  return leases;
}

async function granted(leases: Leases, owner: string, durationMs: number): Promise<Lease> {
  const lease = await leases.acquire(NAME, owner, durationMs);
  assert.ok(lease, `${owner} did not get the lease`);
  return lease;
}
