import { eventually } from '@ndomain/testing';
import { describe, expect, it } from 'vitest';

describe('eventually', () => {
  it('resolves with what the condition returns, once that is not false', async () => {
    let tries = 0;
    expect(await eventually(() => ++tries === 5 && { tries })).toEqual({ tries: 5 });
    expect(await eventually(async () => 0)).toBe(0);
  });

  it('takes a condition that throws for one that does not hold yet', async () => {
    let tries = 0;
    await eventually(() => expect(++tries).toBe(3));
    expect(tries).toBe(3);
  });

  it('tells the last failure when its time is over', async () => {
    const waiting = eventually(() => Promise.reject(new Error('only 2 of 3 orders')), { timeoutMs: 5, everyMs: 1 });
    await expect(waiting).rejects.toThrow('did not hold within 5 ms; at last: only 2 of 3 orders');
    await expect(eventually(() => false, { timeoutMs: 1 })).rejects.toThrow('it returned false');
  });
});
