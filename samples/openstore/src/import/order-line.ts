/** One line of an invoice, as the file says it. */
export interface OrderLine {
  /** Where it stands in the file, from 1; the header is line 1. */
  readonly line: number;
  readonly invoice: string;
  readonly stockCode: string;
  readonly description: string;
  /** Not 0. Negative: the goods came back, or the stock was corrected. */
  readonly quantity: number;
  /** The file has no time zone: its times are taken as UTC. */
  readonly date: Date;
  /** In pence, rounded. */
  readonly unitPrice: number;
  /** Null: not known. */
  readonly customerId: string | null;
}

export const COLUMNS = [
  'InvoiceNo',
  'StockCode',
  'Description',
  'Quantity',
  'InvoiceDate',
  'UnitPrice',
  'CustomerID',
  'Country',
] as const;

/** Both name aggregates and messages, and travel in their ids. */
const LONGEST_CODE = 100;

/** Reads one record; the result is a text when something is wrong with it. */
export function orderLineOf(line: number, fields: readonly string[]): OrderLine | string {
  if (fields.length !== COLUMNS.length) return `expected ${COLUMNS.length} columns, found ${fields.length}`;
  const [
    invoice = '',
    stockCode = '',
    description = '',
    quantityText = '',
    dateText = '',
    priceText = '',
    customer = '',
  ] = fields;
  for (const [column, code] of [
    ['InvoiceNo', invoice],
    ['StockCode', stockCode],
  ] as const) {
    if (code.trim() === '') return `${column} is empty`;
    if (code.length > LONGEST_CODE) return `${column} is longer than ${LONGEST_CODE} characters`;
  }
  const quantity = wholeNumber(quantityText);
  if (quantity === undefined || quantity === 0) {
    return `Quantity must be a whole number other than 0, such as 6, found "${shown(quantityText)}"`;
  }
  const date = dateOf(dateText);
  if (date === undefined) return `InvoiceDate must be like 01/12/2010 08:26, found "${shown(dateText)}"`;
  const unitPrice = penceOf(priceText);
  if (unitPrice === undefined) return `UnitPrice must be a number such as 2.55, found "${shown(priceText)}"`;
  const customerId = customer.trim() === '' ? null : customer;
  return { line, invoice, stockCode, description, quantity, date, unitPrice, customerId };
}

function wholeNumber(text: string): number | undefined {
  const value = /^\s*[+-]?\d+\s*$/.test(text) ? Number(text) : NaN;
  return Number.isSafeInteger(value) ? value : undefined;
}

function penceOf(text: string): number | undefined {
  const pence = /^\s*[+-]?(\d+(\.\d*)?|\.\d+)\s*$/.test(text) ? Math.round(Number(text) * 100) : NaN;
  return Number.isSafeInteger(pence) ? pence : undefined;
}

/** Day/month/year hour:minute. A date that no calendar has is none. */
function dateOf(text: string): Date | undefined {
  const [, day, month, year, hour, minute] =
    /^\s*(\d{1,2})\/(\d{1,2})\/(\d{4})\s+(\d{1,2}):(\d{2})(?::\d{2})?\s*$/.exec(text)?.map(Number) ?? [];
  if (day === undefined || month === undefined || year === undefined) return undefined;
  if (hour === undefined || minute === undefined || hour > 23 || minute > 59) return undefined;
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date : undefined;
}

function shown(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
