import { DomainContext, DomainError, silentLogger, type CommandRejected } from '@ndomain/core';
import { expect, it } from 'vitest';

type RoomCommands = { Book: { roomId: string; guest: string } };

// #region error
class RoomTaken extends DomainError {
  constructor(roomId: string, by: string) {
    super('ROOM_TAKEN', `${roomId} is taken by ${by}.`, { roomId, by });
  }
}
// #endregion error

it('saying-no: a rejection, and how its sender learns of it', async () => {
  const guests = new Map<string, string>();
  const announced: string[] = [];
  // #region handler
  const context = await DomainContext.configure()
    .bus((c) =>
      c
        .publishRejections()
        .withProcessor((p) =>
          p
            .endpoint('rooms')
            .commands<RoomCommands>()
            .handle('Book', ({ roomId, guest }) => {
              const by = guests.get(roomId);
              if (by !== undefined) throw new RoomTaken(roomId, by);
              guests.set(roomId, guest);
            }),
        )
        .withProcessor((p) =>
          p
            .endpoint('announcements')
            .events<{ CommandRejected: CommandRejected }>()
            .handle('CommandRejected', ({ command, code }) => void announced.push(`${command}: ${code}`)),
        ),
    )
    .logging((c) => c.logger(silentLogger))
    .start();
  // #endregion handler

  // #region ask
  const rooms = context.commands<RoomCommands>();
  await rooms.send('Book', { roomId: 'room-1', guest: 'Ada' });

  const answer = await rooms.sendAndWait('Book', { roomId: 'room-1', guest: 'Bob' }, { timeoutMs: 5_000 });
  if (answer?.state === 'rejected') console.log(answer.code, answer.message); // ROOM_TAKEN room-1 is taken by Ada.
  // #endregion ask
  expect(answer).toEqual({
    state: 'rejected',
    code: 'ROOM_TAKEN',
    message: 'room-1 is taken by Ada.',
    fields: { roomId: 'room-1', by: 'Ada' },
  });
  await expect.poll(() => announced).toEqual(['Book: ROOM_TAKEN']);

  // #region later
  const id = await rooms.send('Book', { roomId: 'room-2', guest: 'Bob' }, { id: 'booking-7', outcome: true });
  const outcome = await context.outcomes.of(id, { timeoutMs: 5_000 });
  console.log(outcome?.state); // handled
  // #endregion later
  expect(outcome).toEqual({ state: 'handled' });
  await context.stop();
});
