import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Command, CommandBus, CommandHandler, CqrsModule } from '@nestjs/cqrs';
import { numberOf } from '../../lib/parameters.ts';
import { rate } from '../../lib/rate.ts';
import type { Outcome, Parameters } from '../../lib/scenario.ts';

const SEQUENTIAL = 10_000;
let handled = 0;

class KillDragonCommand extends Command<void> {
  readonly heroId = '1';
  readonly dragonId = '2';
}
class KillDragonHandler {
  async execute(): Promise<void> {
    handled++;
  }
}
class HeroesGameModule {}
CommandHandler(KillDragonCommand)(KillDragonHandler);
Module({ imports: [CqrsModule.forRoot()], providers: [KillDragonHandler] })(HeroesGameModule);

/** One command after the other, as in https://docs.nestjs.com/recipes/cqrs#commands */
export async function run(parameters: Parameters): Promise<Outcome> {
  const app = await NestFactory.createApplicationContext(HeroesGameModule, { logger: false });
  const commands = app.get(CommandBus);
  let sent = 0;
  const value = await rate(
    async () => {
      for (let i = 0; i < SEQUENTIAL; i++) await commands.execute(new KillDragonCommand());
      sent += SEQUENTIAL;
      return SEQUENTIAL;
    },
    numberOf(parameters, 'forMs'),
  );
  await app.close();
  return { values: { '': value }, proof: { 'commands handled': [handled, sent] } };
}
