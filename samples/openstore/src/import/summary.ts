import type { ShopFigures } from './figures.ts';

/** How an import went. `lines` and `malformed` are the file's, the times this run's, everything else is the shop's. */
export interface ImportSummary extends Readonly<ShopFigures> {
  /** Lines behind the header, broken ones included. */
  readonly lines: number;
  readonly malformed: number;
  readonly seconds: number;
  readonly commandsPerSecond: number;
  /** The most memory that this process has had, in MiB. */
  readonly peakMemoryMB: number;
}

const LABELS: readonly [key: Exclude<keyof ImportSummary, 'stock'>, label: string][] = [
  ['lines', 'lines in the file'],
  ['malformed', 'malformed, skipped'],
  ['sales', 'sales'],
  ['ordersCompleted', 'orders completed'],
  ['ordersRejected', 'orders rejected'],
  ['unitsSold', 'units sold'],
  ['returns', 'returns'],
  ['unitsReturned', 'units returned'],
  ['adjustments', 'stock adjustments'],
  ['adjustmentsRejected', 'adjustments rejected'],
  ['eventsStored', 'events stored'],
  ['seconds', 'seconds'],
  ['commandsPerSecond', 'commands per second'],
  ['peakMemoryMB', 'peak memory, MB'],
];

/** The summary for people. */
export function summaryText(summary: ImportSummary): string {
  const rows = LABELS.map(([key, label]): [string, string] => [label, summary[key].toLocaleString('en-GB')]);
  const units = Object.values(summary.stock).reduce((sum, each) => sum + each, 0);
  rows.push(['units in stock', units.toLocaleString('en-GB')]);
  const width = Math.max(...rows.map(([, value]) => value.length));
  return rows.map(([label, value]) => `  ${label.padEnd(22)} ${value.padStart(width)}`).join('\n');
}
