import cliProgress from 'cli-progress';
import { startShop, type ShopOptions } from '../configure.ts';
import { importOrders } from './importer.ts';
import { OrderFile } from './order-file.ts';
import { summaryText } from './summary.ts';

export interface ImportCommandOptions extends ShopOptions {
  readonly stock: number;
  /** One JSON object on stdout, and nothing else. */
  readonly json: boolean;
}

/** `openstore import FILE`: results go to stdout, everything else to stderr. */
export async function importCommand(path: string, { stock, json, ...shop }: ImportCommandOptions): Promise<void> {
  const file = await OrderFile.open(path);
  await using context = await startShop(shop);
  const progress = process.stderr.isTTY ? progressBar(file.bytes) : undefined;
  const problems: string[] = [];
  try {
    const { summary, hasChanged } = await importOrders(context, file, {
      stock,
      onMalformed: (line, problem) => {
        const text = `line ${line} skipped: ${problem}`;
        // The bar redraws its line: what is to stay is written when it is gone.
        if (progress === undefined || problems.length >= MOST_HELD) console.error(text);
        else problems.push(text);
      },
      onProgress: (bytes) => progress?.update(bytes),
    });
    progress?.stop();
    for (const problem of problems) console.error(problem);
    if (!hasChanged) console.error('Nothing has changed: all of it had been imported before.');
    console.log(json ? JSON.stringify(summary) : summaryText(summary));
  } finally {
    progress?.stop();
  }
}

/** Broken lines that wait for the progress bar to go; beyond them they are written into it. */
const MOST_HELD = 10_000;

function progressBar(bytes: number): cliProgress.SingleBar {
  const bar = new cliProgress.SingleBar(
    { format: 'importing {bar} {percentage}% | {duration_formatted}', stream: process.stderr, clearOnComplete: true },
    cliProgress.Presets.shades_classic,
  );
  bar.start(bytes, 0);
  return bar;
}
