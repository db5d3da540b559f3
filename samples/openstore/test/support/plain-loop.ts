/** The same import without any of the shop: a plain loop over the rows, to compare figures with. */
export interface PlainFigures {
  lines: number;
  malformed: number;
  sales: number;
  ordersCompleted: number;
  ordersRejected: number;
  unitsSold: number;
  returns: number;
  unitsReturned: number;
  adjustments: number;
  adjustmentsRejected: number;
  eventsStored: number;
  stock: Record<string, number>;
}

/** `rows` are the lines behind the header, split into fields; undefined stands for a malformed one. */
export function plainLoop(rows: readonly (readonly string[] | undefined)[], stockAtFirst: number): PlainFigures {
  const figures: PlainFigures = {
    lines: rows.length,
    malformed: 0,
    sales: 0,
    ordersCompleted: 0,
    ordersRejected: 0,
    unitsSold: 0,
    returns: 0,
    unitsReturned: 0,
    adjustments: 0,
    adjustmentsRejected: 0,
    eventsStored: 0,
    stock: {},
  };
  const stock = new Map<string, number>();
  for (const row of rows) {
    if (row === undefined) {
      figures.malformed++;
      continue;
    }
    const [invoice = '', code = '', , quantityText = ''] = row;
    const quantity = Number(quantityText);
    if (!stock.has(code)) {
      stock.set(code, stockAtFirst);
      figures.sales++;
      figures.eventsStored++;
    }
    const available = stock.get(code) ?? 0;
    if (invoice.startsWith('C')) {
      figures.returns++;
      figures.unitsReturned += Math.abs(quantity);
      figures.eventsStored++;
      stock.set(code, available + Math.abs(quantity));
    } else if (quantity < 0 && available + quantity < 0) {
      figures.adjustmentsRejected++;
    } else if (quantity < 0) {
      figures.adjustments++;
      figures.eventsStored++;
      stock.set(code, available + quantity);
    } else if (quantity > available) {
      figures.ordersRejected++;
    } else {
      figures.ordersCompleted++;
      figures.unitsSold += quantity;
      figures.eventsStored += 2;
      stock.set(code, available - quantity);
    }
  }
  figures.stock = Object.fromEntries(stock);
  return figures;
}

/** Splits well-formed CSV without line breaks in its fields; not with the reader under test. */
export function plainRows(text: string): string[][] {
  return text
    .split(/\r?\n/)
    .slice(1)
    .filter((line) => line !== '')
    .map(plainFields);
}

function plainFields(line: string): string[] {
  const fields: string[] = [];
  let field = '';
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const character = line[i];
    if (character === '"' && quoted && line[i + 1] === '"') {
      field += '"';
      i++;
    } else if (character === '"') quoted = !quoted;
    else if (character === ',' && !quoted) {
      fields.push(field);
      field = '';
    } else field += character;
  }
  return [...fields, field];
}
