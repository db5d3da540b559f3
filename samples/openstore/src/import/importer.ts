import type { CommandItem, DomainContext } from '@ndomain/core';
import type { SaleCommands } from '../domain/sale/contracts.ts';
import { Backlog } from './backlog.ts';
import { commandsOf, createSaleOf } from './commands-of.ts';
import { countEvents, figuresOf } from './figures.ts';
import type { OrderFile } from './order-file.ts';
import type { ImportSummary } from './summary.ts';

export interface ImportOptions {
  /** Units that each sale begins with. */
  readonly stock: number;
  readonly onMalformed?: (line: number, problem: string) => void;
  /** Told from time to time how many bytes of the file have been dealt with. */
  readonly onProgress?: (bytes: number) => void;
}

export interface ImportResult {
  readonly summary: ImportSummary;
  /** False when all of it had been imported before. */
  readonly hasChanged: boolean;
}

/** Commands that are sent together. */
const BATCH_SIZE = 500;

/**
 * Imports an order history: sends commands, waits until the shop has dealt with them, and reads from the shop what came of it.
 * Throws `UserError` for a file that is none.
 */
export async function importOrders(
  context: DomainContext,
  file: OrderFile,
  { stock, onMalformed, onProgress }: ImportOptions,
): Promise<ImportResult> {
  const startedAt = performance.now();
  const eventsBefore = await countEvents(context);
  const backlog = await Backlog.of(context);
  const commands = context.commands<SaleCommands>();
  const opened = new Set<string>();
  let batch: CommandItem<SaleCommands>[] = [];
  let lines = 0;
  let malformed = 0;

  const flush = async (): Promise<void> => {
    await backlog.room();
    await commands.sendAll(batch);
    batch = [];
    onProgress?.(file.bytesRead);
  };
  for await (const line of file.lines()) {
    lines++;
    if (line.problem !== undefined) {
      malformed++;
      onMalformed?.(line.line, line.problem);
      continue;
    }
    const { order } = line;
    if (!opened.has(order.stockCode)) {
      opened.add(order.stockCode);
      batch.push(createSaleOf(order, stock));
    }
    batch.push(...commandsOf(order));
    if (batch.length >= BATCH_SIZE) await flush();
  }
  await flush();
  await backlog.drained();
  const seconds = (performance.now() - startedAt) / 1_000;

  const figures = await figuresOf(context);
  const { stock: finalStock, ...counts } = figures;
  // One to open each sale; two for each order, whatever became of it; one for everything else.
  const handled =
    counts.sales +
    2 * (counts.ordersCompleted + counts.ordersRejected) +
    counts.returns +
    counts.adjustments +
    counts.adjustmentsRejected;
  const summary: ImportSummary = {
    lines,
    malformed,
    ...counts,
    seconds: Math.round(seconds * 1_000) / 1_000,
    commandsPerSecond: Math.round(handled / seconds),
    peakMemoryMB: Math.round(process.resourceUsage().maxRSS / 1_024),
    stock: finalStock,
  };
  return { summary, hasChanged: figures.eventsStored !== eventsBefore };
}
