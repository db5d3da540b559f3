/** Orders, returns and adjustments of so many codes, as the real file has them; some have to be rejected. */
export function history(lines: number, codes: number, prefix = 'code'): string {
  const rows = Array.from({ length: lines }, (_, i) => {
    const code = `${prefix}-${i % codes}`;
    const [invoice, quantity] = i % 17 === 0 ? [`C${i}`, -3] : i % 23 === 0 ? [`${i}`, -40] : [`${i}`, (i % 9) * 7 + 1];
    return `${invoice},${code},THING ${code},${quantity},01/12/2010 08:26,2.55,17850,United Kingdom`;
  });
  return `InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n${rows.join('\n')}\n`;
}
