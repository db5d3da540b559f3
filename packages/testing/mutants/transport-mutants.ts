import {
  LocalTransport,
  type Clock,
  type DeadLetters,
  type InboundTransport,
  type MessageTransaction,
  type PromiseOrValue,
  type ReceivedMessage,
  type ReceiverOptions,
  type Transport,
  type TransportMessage,
} from '@ndomain/core';

type Receive = InboundTransport['receive'];

/** A transport whose sends are changed. */
function sending(
  change: (messages: readonly TransportMessage[]) => readonly TransportMessage[],
): typeof LocalTransport {
  return class extends LocalTransport {
    override send(messages: readonly TransportMessage[]): PromiseOrValue<void> {
      return super.send(change(messages));
    }
  };
}

/** A transport whose receivers are changed. */
function receiving(change: (receive: Receive, options: ReceiverOptions) => Receive): typeof LocalTransport {
  return class extends LocalTransport {
    override receiver(endpoint: string, options: ReceiverOptions): InboundTransport {
      const inbound = super.receiver(endpoint, options);
      const receive: Receive = (max, signal) => inbound.receive(max, signal);
      return { receive: change(receive, options), close: () => inbound.close() };
    }
  };
}

/** A transport that tells otherwise whether receiving works. */
function telling(change: (tell: (problem: unknown) => void) => (problem: unknown) => void): typeof LocalTransport {
  return class extends LocalTransport {
    override receiver(endpoint: string, options: ReceiverOptions): InboundTransport {
      const { onReceiving } = options;
      return super.receiver(endpoint, { ...options, onReceiving: onReceiving && change(onReceiving) });
    }
  };
}

/** A transport whose received messages are changed. */
function handing(change: (transaction: MessageTransaction) => Partial<MessageTransaction>): typeof LocalTransport {
  return receiving((receive) => async (max, signal) => {
    const received = await receive(max, signal);
    return received.map((transaction) => ({
      deliveryCount: transaction.deliveryCount,
      read: () => transaction.read(),
      commit: () => transaction.commit(),
      fail: (retryAt) => transaction.fail(retryAt),
      release: (retryAt) => transaction.release(retryAt),
      extend: (leaseMs) => transaction.extend(leaseMs),
      deadLetter: (reason) => transaction.deadLetter(reason),
      ...change(transaction),
    }));
  });
}

function withDeadLetters(change: (letters: DeadLetters) => Partial<DeadLetters>): typeof LocalTransport {
  return class extends LocalTransport {
    override deadLetters(endpoint: string): DeadLetters {
      const letters = super.deadLetters(endpoint);
      const bound = new Proxy(letters, {
        get: (target, key) => {
          const changed: unknown = Reflect.get(change(letters), key) ?? Reflect.get(target, key);
          return typeof changed === 'function' ? (changed.bind(target) as unknown) : changed;
        },
      });
      return bound;
    }
  };
}

const ignoringErrors = (call: () => PromiseOrValue<void>) => async (): Promise<void> => {
  try {
    await call();
  } catch {
    // That is the bug.
  }
};

export const TRANSPORT_MUTANTS: Readonly<Record<string, new (clock: Clock) => Transport>> = {
  'G12 does not tell that receiving works': telling(() => () => undefined),
  'G12 tells that receiving works twice': telling((tell) => (problem) => {
    tell(problem);
    tell(problem);
  }),
  'G12 tells that receiving does not work': telling((tell) => () => tell(new Error('away'))),
  'G1 loses the last message of many': sending((messages) => (messages.length > 1 ? messages.slice(0, -1) : messages)),
  'G3 sends twice': sending((messages) => [...messages, ...messages]),
  'G5 sends in reverse': sending((messages) => messages.toReversed()),
  'G8 delivers delayed messages at once': sending((messages) =>
    messages.map((each) => ({ ...each, deliverAt: undefined })),
  ),
  'G11 forgets the headers': sending((messages) => messages.map((each) => ({ ...each, headers: {} }))),
  'G6 mixes up components': sending((messages) => messages.map((each) => ({ ...each, component: 'Sales' }))),
  'G6 keeps messages with the same id once': sending((messages) => [
    ...new Map(messages.map((each) => [each.id, each])).values(),
  ]),
  'G10 takes more than asked for': receiving((receive) => (max, signal) => receive(max + 1, signal)),
  'G7 takes one at a time and says that it waits': receiving(() => () => new Promise(() => undefined)),
  'G9 does not hear the abort': receiving((receive) => (max) => receive(max, new AbortController().signal)),
  'G9 loses what it received when it is aborted': receiving((receive) => async (max, signal) => {
    const received = await receive(max, new AbortController().signal);
    return signal.aborted ? [] : received;
  }),
  'G8 counts every delivery as the first': handing(() => ({ deliveryCount: 1 })),
  'G7 says that it has committed': handing(() => ({ commit: () => Promise.resolve() })),
  'G7 does not notice that a lease was lost': handing((transaction) => ({
    commit: ignoringErrors(() => transaction.commit()),
  })),
  'G7 extends without looking': handing((transaction) => ({ extend: ignoringErrors(() => transaction.extend(1)) })),
  'G8 fails without waiting for the time': handing((transaction) => ({ fail: () => transaction.fail() })),
  'G8 drops what failed': handing((transaction) => ({ fail: async () => transaction.commit() })),
  'G9 counts a release': handing((transaction) => ({ release: (retryAt) => transaction.fail(retryAt) })),
  'G8 drops dead letters': handing((transaction) => ({ deadLetter: async () => transaction.commit() })),
  'G8 retries dead letters by itself': handing((transaction) => ({ deadLetter: () => transaction.fail() })),
  'G11 gives every reader the same object': handing((transaction) => {
    let read: ReceivedMessage | undefined;
    return { read: () => (read ??= transaction.read()) };
  }),
  'G7 keeps a lease for ever': class extends LocalTransport {
    override receiver(endpoint: string): InboundTransport {
      return super.receiver(endpoint, { leaseMs: 1e12 });
    }
  },
  'G7 gives up a lease at half time': class extends LocalTransport {
    override receiver(endpoint: string, { leaseMs }: ReceiverOptions): InboundTransport {
      return super.receiver(endpoint, { leaseMs: leaseMs / 2 });
    }
  },
  'G5 ignores partitions': class extends LocalTransport {
    override send(messages: readonly TransportMessage[]): PromiseOrValue<void> {
      return super.send(messages.map((each) => ({ ...each, partition: undefined })));
    }
    override receiver(endpoint: string, { leaseMs }: ReceiverOptions): InboundTransport {
      return super.receiver(endpoint, { leaseMs });
    }
  },
  'G5 knows no keys of dead letters': withDeadLetters(() => ({ keys: () => Promise.resolve([]) })),
  'G9 does not give back when it closes': class extends LocalTransport {
    override receiver(endpoint: string, options: ReceiverOptions): InboundTransport {
      const inbound = super.receiver(endpoint, options);
      return { receive: (max, signal) => inbound.receive(max, signal), close: () => Promise.resolve() };
    }
  },
  'G8 shares dead letters between endpoints': class extends LocalTransport {
    override deadLetters(): DeadLetters {
      return super.deadLetters('sales');
    }
  },
  'G8 purges all dead letters': withDeadLetters((letters) => ({ purge: () => letters.purge('all') })),
  'G8 retries all dead letters': withDeadLetters((letters) => ({ retry: () => letters.retry('all') })),
  'G8 says that it has retried': withDeadLetters((letters) => ({ retry: (ids) => letters.purge(ids) })),
  'G8 lists the first page of dead letters again': withDeadLetters((letters) => ({
    list: ({ limit }) => letters.list({ limit }),
  })),
};
