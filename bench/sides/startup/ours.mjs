import { report } from './report.mjs';

const start = performance.now();
// As it is published: the sources would have to be compiled first.
const { DomainContext } = await import('../../../packages/core/dist/index.js');
let handled = 0;
const { promise, resolve } = Promise.withResolvers();
const context = await DomainContext.configure()
  .bus((c) =>
    c.withProcessor((p) =>
      p
        .endpoint('accounts')
        .commands()
        .handle('Deposit', async () => {
          handled++;
          resolve();
        }),
    ),
  )
  .start();
await context.commands().send('Deposit', { amount: 250 });
await promise;
await report(performance.now() - start, handled);
await context.stop();
