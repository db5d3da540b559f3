/** A binary property holds 64 KiB: https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model#property-types */
const PART_BYTES = 61_440;

/** What of a row of 1 MiB is for such bytes: the rest is for its keys, other properties, and the properties' names. */
export const ROW_BYTES = 1_048_576 - 16_384;

/** Bytes as properties `<name>0`, `<name>1`, … of a row. */
export function split(name: string, bytes: Uint8Array): Record<string, Uint8Array> {
  const properties: Record<string, Uint8Array> = {};
  for (let part = 0; part * PART_BYTES < bytes.length; part++) {
    properties[name + part] = bytes.subarray(part * PART_BYTES, (part + 1) * PART_BYTES);
  }
  return properties;
}

/** The inverse of {@link split}; empty when the row has no such properties. */
export function joined(name: string, row: Readonly<Record<string, unknown>>): Uint8Array {
  const parts: Uint8Array[] = [];
  for (;;) {
    const part = row[name + parts.length];
    if (!(part instanceof Uint8Array)) break;
    parts.push(part);
  }
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
}
