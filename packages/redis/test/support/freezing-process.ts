/**
 * A process that works on an ordered endpoint, and stops itself, with all its timers, at its first acknowledgement: after it has looked whether the
 * message is still its own, and before it says that it is done. `node freezing-process.ts URL PREFIX`. Once somebody lets it go on, it
 * says what came of it.
 */
import { writeSync } from 'node:fs';
import {
  isNDomainError,
  type InboundTransport,
  type MessageTransaction,
  type ReceiverOptions,
  type Transport,
} from '@ndomain/core';
import { redis, RedisConnection, RedisTransport } from '@ndomain/redis';
import { startWork } from './ordered-work.ts';

const [, , url = '', prefix = ''] = process.argv;
const say = (what: string): void => void writeSync(1, `${what}\n`);

class FreezingTransport extends RedisTransport {
  override receiver(endpoint: string, options: ReceiverOptions): InboundTransport {
    const inbound = super.receiver(endpoint, options);
    return {
      receive: async (max, signal) => (await inbound.receive(max, signal)).map(freezing),
      close: () => inbound.close(),
    };
  }
}

function freezing(transaction: MessageTransaction): MessageTransaction {
  return {
    deliveryCount: transaction.deliveryCount,
    read: () => transaction.read(),
    fail: (retryAt) => transaction.fail(retryAt),
    release: (retryAt) => transaction.release(retryAt),
    extend: (leaseMs) => transaction.extend(leaseMs),
    deadLetter: (reason) => transaction.deadLetter(reason),
    async commit() {
      say('acknowledges');
      process.kill(process.pid, 'SIGSTOP');
      try {
        await transaction.commit();
        say('was late and accepted');
      } catch (error) {
        say(isNDomainError(error, 'ND_LEASE_LOST') ? 'was late and refused' : String(error));
        throw error;
      }
    },
  };
}

// The same keys, so the same storage as that of the backend's leases.
const connection = new RedisConnection(url, { prefix });
const transport = (): Transport => new FreezingTransport(connection);
await startWork(redis(url, { prefix }), (number) => say(`worked on ${number}`), transport);
say('ready');
