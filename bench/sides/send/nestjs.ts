import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Command, CommandBus, CommandHandler, CqrsModule } from '@nestjs/cqrs';
import { sendAll } from '../../lib/flow.ts';
import { numberOf } from '../../lib/parameters.ts';
import { PAYLOAD, type Payload } from '../../lib/payload.ts';
import { rate } from '../../lib/rate.ts';
import type { Outcome, Parameters } from '../../lib/scenario.ts';
import { Sums } from '../../lib/sums.ts';

const sums = new Sums();

class Deposit extends Command<void> {
  readonly payload: Payload;
  constructor(payload: Payload) {
    super();
    this.payload = payload;
  }
}

class DepositHandler {
  async execute({ payload }: Deposit): Promise<void> {
    sums.add(payload.amount);
  }
}
class AppModule {}

// As decorators, which Node cannot read, would.
CommandHandler(Deposit)(DepositHandler);
Module({ imports: [CqrsModule.forRoot()], providers: [DepositHandler] })(AppModule);

/** As in https://docs.nestjs.com/recipes/cqrs#commands */
export async function run(parameters: Parameters): Promise<Outcome> {
  const count = numberOf(parameters, 'count');
  const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
  await app.init();
  const commands = app.get(CommandBus);
  const value = await rate(
    () => {
      const before = sums.begin(count);
      return sendAll(
        count,
        () => sums.handled - before,
        () => commands.execute(new Deposit(PAYLOAD)),
      );
    },
    numberOf(parameters, 'forMs'),
  );
  await app.close();
  return { values: { '': value }, proof: sums.proof };
}
