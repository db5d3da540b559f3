import { report } from './report.mjs';

const start = performance.now();
await import('reflect-metadata');
const { Module } = await import('@nestjs/common');
const { NestFactory } = await import('@nestjs/core');
const { Command, CommandBus, CommandHandler, CqrsModule } = await import('@nestjs/cqrs');
let handled = 0;
class Deposit extends Command {}
class DepositHandler {
  async execute() {
    handled++;
  }
}
class AppModule {}
CommandHandler(Deposit)(DepositHandler);
Module({ imports: [CqrsModule.forRoot()], providers: [DepositHandler] })(AppModule);
const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
await app.get(CommandBus).execute(new Deposit());
await report(performance.now() - start, handled);
await app.close();
