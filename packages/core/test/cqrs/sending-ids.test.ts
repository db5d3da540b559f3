import { DomainContext, type StandardSchema } from '@ndomain/core';
import { describe, expect, it } from 'vitest';

const schema = (validate: () => Promise<void>): StandardSchema<object> => ({
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: async (value) => {
      await validate();
      return { value: value as object };
    },
  },
});

describe('G3: the ids of what a handler sends', () => {
  it('follow the order of the calls, not how long the validators take', async () => {
    const ids = Promise.withResolvers<string[]>();
    const gate = Promise.withResolvers<void>();
    const Messages = { Slow: schema(() => gate.promise), Fast: schema(() => Promise.resolve()) };
    await using context = await DomainContext.configure()
      .messages(Messages, ['Start'])
      .bus((c) =>
        c.onUnrouted('ignore').withProcessor((p) => {
          p.endpoint('e');
          p.commands<{ Start: object }>().handle('Start', async () => {
            const slow = context.commandBus.send('Slow', {});
            const fast = await context.commandBus.send('Fast', {});
            gate.resolve();
            ids.resolve([await slow, fast]);
          });
        }),
      )
      .start();

    await context.commandBus.send('Start', {}, { id: 'start' });

    expect(await ids.promise).toEqual(['start/Start/1', 'start/Start/2']);
  });

  it('come back in the order given, also when some leave at once', async () => {
    await using context = await DomainContext.configure()
      .bus((c) => c.onUnrouted('ignore'))
      .start();

    const sent = context.commandBus.sendAll([
      { name: 'A', payload: {}, options: { id: 'a' } },
      { name: 'B', payload: {}, options: { id: 'b', immediately: true } },
    ]);

    expect(await sent).toEqual(['a', 'b']);
  });
});
