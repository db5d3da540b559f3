import { describe, expect, it } from 'vitest';
import { figuresIn } from './support/figures.ts';
import { plainLoop, plainRows } from './support/plain-loop.ts';
import { importBytes, sharedStore } from './support/shop.ts';

const HEADER = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';

const GOOD = [
  '536365,85123A,WHITE HANGING HEART,6,01/12/2010 08:26,2.55,17850,United Kingdom',
  '536365,85123A,WHITE HANGING HEART,4,01/12/2010 08:26,2.55,17850,United Kingdom',
  '536366,85123a,white hanging heart,3,1/12/2010 8:28,2.55,,United Kingdom',
  '536367,22041,"RECORD FRAME 7"" SINGLE, BLACK",12,01/12/2010 08:34,0,13047,France',
  '536368,71053,LANTERN,11,01/12/2010 08:34,3.39,13047,France',
  'C536379,71053,LANTERN,-5,01/12/2010 09:41,3.39,14527,United Kingdom',
  '536368,71053,LANTERN,4,02/12/2010 08:34,3.39,13047,France',
  '536589,71053,,-3,02/12/2010 10:00,-1,,United Kingdom',
  '536590,71053,lost,-30,02/12/2010 10:01,0,,United Kingdom',
  '536591,POST,POSTAGE,8,02/12/2010 10:02,18,12583,France',
  'C536592,D,Discount,-1,02/12/2010 10:03,27.5,14527,United Kingdom',
];

const BROKEN = [
  '536600,22041,too few columns,1',
  '536601,22041,no number,many,02/12/2010 11:00,1.00,17850,France',
  '536602,22041,not whole,1.5,02/12/2010 11:00,1.00,17850,France',
  '536603,22041,nothing,0,02/12/2010 11:00,1.00,17850,France',
  '536604,22041,no such day,1,31/02/2010 11:00,1.00,17850,France',
  '536605,22041,no price,1,02/12/2010 11:00,free,17850,France',
  ',22041,no invoice,1,02/12/2010 11:00,1.00,17850,France',
  '536607,,no code,1,02/12/2010 11:00,1.00,17850,France',
  '536608,22041,"open quote,1,02/12/2010 11:00,1.00,17850,France',
];

function csv(lines: readonly string[], lineEnd = '\n'): string {
  return [HEADER, ...lines, ''].join(lineEnd);
}

describe('the import', () => {
  it('does to the shop what the lines say', async () => {
    const { summary, reported } = await importBytes(csv(GOOD), { stock: 10 });
    expect(figuresIn(summary)).toEqual({
      lines: 11,
      malformed: 0,
      sales: 6,
      ordersCompleted: 5,
      ordersRejected: 2,
      unitsSold: 25,
      returns: 2,
      unitsReturned: 6,
      adjustments: 1,
      adjustmentsRejected: 1,
      eventsStored: 6 + 2 * 5 + 2 + 1,
      stock: { '22041': 10, '71053': 8, '85123A': 0, '85123a': 7, D: 11, POST: 2 },
    });
    expect(Object.keys(summary)).toEqual([
      'lines',
      'malformed',
      'sales',
      'ordersCompleted',
      'ordersRejected',
      'unitsSold',
      'returns',
      'unitsReturned',
      'adjustments',
      'adjustmentsRejected',
      'eventsStored',
      'seconds',
      'commandsPerSecond',
      'peakMemoryMB',
      'stock',
    ]);
    expect(reported).toEqual([]);
  });

  it.each([1, 7, 64])('comes to the same as a plain loop with concurrency %i', async (concurrency) => {
    const lines = manyLines(3_000);
    const { summary } = await importBytes(csv(lines), { stock: 40, concurrency });
    expect(figuresIn(summary)).toEqual(plainLoop(plainRows(csv(lines)), 40));
  });

  it('skips broken lines, says which and why, and goes on', async () => {
    const { summary, reported } = await importBytes(csv([...BROKEN, ...GOOD]), { stock: 10 });
    const clean = await importBytes(csv(GOOD), { stock: 10 });
    expect(figuresIn(summary)).toEqual({ ...figuresIn(clean.summary), lines: 20, malformed: 9 });
    expect(reported).toEqual([
      '2: expected 8 columns, found 4',
      '3: Quantity must be a whole number other than 0, such as 6, found "many"',
      '4: Quantity must be a whole number other than 0, such as 6, found "1.5"',
      '5: Quantity must be a whole number other than 0, such as 6, found "0"',
      '6: InvoiceDate must be like 01/12/2010 08:26, found "31/02/2010 11:00"',
      '7: UnitPrice must be a number such as 2.55, found "free"',
      '8: InvoiceNo is empty',
      '9: StockCode is empty',
      '10: its quotes do not match',
    ]);
  });

  it('reads Windows line ends, a byte-order mark, and a last line without an end', async () => {
    const plain = await importBytes(csv(GOOD), { stock: 10 });
    const windows = await importBytes(`\uFEFF${csv(GOOD, '\r\n').trimEnd()}`, { stock: 10 });
    expect(figuresIn(windows.summary)).toEqual(figuresIn(plain.summary));
  });

  it('changes nothing the second time, and says so', async () => {
    const backend = sharedStore();
    const first = await importBytes(csv(GOOD), { stock: 10, backend });
    const second = await importBytes(csv(GOOD), { stock: 10, backend });
    expect(first.hasChanged).toBe(true);
    expect(second.hasChanged).toBe(false);
    expect(figuresIn(second.summary)).toEqual(figuresIn(first.summary));
  });

  it('does not accept the second time what was rejected the first time, although there is stock now', async () => {
    const backend = sharedStore();
    const tooMany = '536368,71053,LANTERN,11,01/12/2010 08:34,3.39,13047,France';
    const back = 'C536379,71053,LANTERN,-5,01/12/2010 09:41,3.39,14527,United Kingdom';
    await importBytes(csv([tooMany, back]), { stock: 10, backend });
    const { summary, hasChanged } = await importBytes(csv([tooMany, back]), { stock: 10, backend });
    expect(hasChanged).toBe(false);
    expect(summary).toMatchObject({ ordersRejected: 1, ordersCompleted: 0, stock: { '71053': 15 } });
  });

  it('takes a code for what it is, whatever it is called', async () => {
    const codes = ['__proto__', 'a/b', 'BANK CHARGES', 'constructor'];
    const lines = codes.map((code, i) => `53${i},${code},X,2,01/12/2010 08:34,1,,France`);
    const { summary } = await importBytes(csv(lines), { stock: 10 });
    expect(Object.keys(summary.stock).sort()).toEqual([...codes].sort());
  });

  it.each([
    ['', 'found nothing'],
    ['InvoiceNo,StockCode\n1,2\n', 'found "InvoiceNo,StockCode"'],
    [csv(GOOD).replace('Quantity', 'Qty'), 'expected the header "InvoiceNo,StockCode,'],
  ])('refuses a file that is no order history', async (text, problem) => {
    await expect(importBytes(text)).rejects.toThrow(problem);
  });
});

/** Many orders of few codes, with returns and adjustments between them: the order within a code decides what is rejected. */
function manyLines(count: number): string[] {
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  return Array.from({ length: count }, (_, i) => {
    const kind = random(10);
    const invoice = `${kind === 0 ? 'C' : ''}${100_000 + Math.floor(i / 5)}`;
    const quantity = kind <= 1 ? -1 - random(20) : 1 + random(12);
    const code = `S${random(25)}${random(2) === 0 ? 'a' : 'A'}`;
    return `${invoice},${code},THING,${quantity},${1 + random(28)}/12/2010 9:05,1.25,${random(3) === 0 ? '' : random(40)},France`;
  });
}
