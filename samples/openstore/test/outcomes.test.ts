import { LocalQueryStore, type EventPublisher, type MessageContext } from '@ndomain/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { OutOfStock } from '../src/domain/sale/errors.ts';
import type { RejectionEvents } from '../src/outcomes/contracts.ts';
import { orderSubject, Outcomes, WANTS_OUTCOME } from '../src/outcomes/outcomes.ts';

const SUBJECT = orderSubject('lantern', '1');

let published: string[];
let publishing: () => void;
let outcomes: Outcomes;

beforeEach(() => {
  published = [];
  publishing = () => undefined;
  const events: EventPublisher<RejectionEvents> = {
    publish: async (event: string | object) => {
      publishing();
      published.push(typeof event === 'string' ? event : event.constructor.name);
      return 'id';
    },
  };
  outcomes = new Outcomes(new LocalQueryStore(), events);
});

function delivery(attempt: number, headers: Record<string, string> = {}): MessageContext {
  return {
    messageId: 'm1',
    name: 'PlaceOrder',
    headers,
    endpoint: 'sales',
    component: 'sales',
    attempt,
    correlationId: 'm1',
    aggregateId: '',
    aggregateName: '',
    sequenceId: 0,
    signal: new AbortController().signal,
  };
}

async function refuse(): Promise<never> {
  throw new OutOfStock(3, 1);
}

async function accept(): Promise<{ version: number }> {
  return { version: 2 };
}

describe('the outcome of a command', () => {
  it('stays a rejection when it would be accepted by now', async () => {
    await outcomes.decide(delivery(1), 'lantern', refuse, SUBJECT);
    let wasTried = false;
    const change = async (): Promise<{ version: number }> => {
      wasTried = true;
      return accept();
    };
    await outcomes.decide(delivery(1), 'lantern', change, SUBJECT);
    expect(wasTried).toBe(false);
    expect(published).toEqual(['OrderRejected']);
  });

  it('is published by the next delivery when a crash came between recording and publishing', async () => {
    publishing = () => {
      throw new Error('the process is gone');
    };
    await expect(outcomes.decide(delivery(1), 'lantern', refuse, SUBJECT)).rejects.toThrow('gone');
    publishing = () => undefined;
    await outcomes.decide(delivery(2), 'lantern', accept, SUBJECT);
    expect(published).toEqual(['OrderRejected']);
  });

  it('is left to the bus when the error is not a rule', async () => {
    const failing = async (): Promise<never> => {
      throw new Error('the disk is full');
    };
    await expect(outcomes.decide(delivery(1), 'lantern', failing, SUBJECT)).rejects.toThrow('disk');
    await outcomes.decide(delivery(2), 'lantern', accept, SUBJECT);
    expect(published).toEqual([]);
  });

  it('can be waited for by whoever asked for it', async () => {
    const asked = delivery(1, { [WANTS_OUTCOME]: 'yes' });
    const [outcome] = await Promise.all([
      outcomes.outcomeOf('m1', 5_000),
      outcomes.decide(asked, 'lantern', refuse, SUBJECT),
    ]);
    expect(outcome).toEqual({ accepted: false, code: 'OUT_OF_STOCK', message: '3 wanted, 1 available.' });
  });
});
