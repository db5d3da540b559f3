import type { Seen } from './operations.ts';

/** What the real service would answer. */
export interface BrokenLimit {
  readonly status: number;
  readonly code: string;
  readonly problem: string;
}

const KIB = 1_024;
const MIB = 1_024 * KIB;

/** https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions */
const MAX_TRANSACTION_OPERATIONS = 100;
const MAX_TRANSACTION_BYTES = 4 * MIB;
/** https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model */
const MAX_ENTITY_BYTES = MIB;
const MAX_PROPERTY_BYTES = 64 * KIB;
const MAX_PROPERTIES = 252;
const MAX_PROPERTY_NAME = 255;
const REFUSED_IN_KEYS = /[/\\#?\p{Cc}]/u;
const TABLE_NAME = /^[A-Za-z][A-Za-z0-9]{2,62}$/;
/** https://learn.microsoft.com/azure/storage/tables/scalability-targets: 1 KiB, of UTF-16. */
const MAX_KEY_BYTES = KIB;
/** https://learn.microsoft.com/rest/api/storageservices/put-message and /update-message, /get-messages */
const MAX_MESSAGE_BYTES = 64 * KIB;
const MAX_VISIBILITY_S = 7 * 24 * 3_600;
const MAX_RECEIVED = 32;
/** https://learn.microsoft.com/rest/api/storageservices/naming-queues-and-metadata */
const QUEUE_NAME = /^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$/;
/** https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata */
const CONTAINER_NAME = QUEUE_NAME;
const MAX_BLOB_NAME = 1_024;
const MAX_BLOB_SEGMENTS = 254;

/** The documented limit that a request breaks, if it does: Azurite lets most of these pass. */
export function brokenLimit(seen: Seen): BrokenLimit | undefined {
  switch (seen.service) {
    case 'table':
      return brokenTableLimit(seen);
    case 'queue':
      return brokenQueueLimit(seen);
    case 'blob':
      return brokenBlobLimit(seen);
  }
}

function brokenTableLimit({ operation, url, body }: Seen): BrokenLimit | undefined {
  if (operation === 'createTable') {
    const name: unknown = propertiesOf(body.toString())['TableName'];
    return TABLE_NAME.test(String(name))
      ? undefined
      : broken(400, 'InvalidResourceName', `the table "${String(name)}"`);
  }
  if (operation === 'transaction') return brokenTransaction(body);
  return brokenEntity(decodeURIComponent(url.pathname), body.toString());
}

function brokenTransaction(body: Buffer): BrokenLimit | undefined {
  if (body.length > MAX_TRANSACTION_BYTES) {
    return broken(413, 'RequestBodyTooLarge', `a transaction of ${body.length} bytes`);
  }
  const parts = body
    .toString()
    .split(/^--changeset_[^\r\n]*$/m)
    .slice(1, -1);
  if (parts.length > MAX_TRANSACTION_OPERATIONS) {
    return broken(400, 'InvalidInput', `a transaction of ${parts.length} operations`);
  }
  const keys = new Set<string>();
  for (const part of parts) {
    const [, path = ''] = /^(?:POST|PUT|PATCH|MERGE|DELETE) (\S+) HTTP/m.exec(part) ?? [];
    const found = brokenEntity(decodeURIComponent(new URL(path).pathname), part.slice(part.indexOf('{')));
    if (found !== undefined) return found;
    const key = keyOf(decodeURIComponent(path), part);
    if (keys.has(key)) return broken(400, 'InvalidDuplicateRow', `twice one row: ${key}`);
    keys.add(key);
  }
  return undefined;
}

/** https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions: an entity can appear only once. */
function keyOf(path: string, part: string): string {
  const inPath = /RowKey='([^']*)'/.exec(path)?.[1];
  if (inPath !== undefined) return inPath;
  return String(propertiesOf(part.slice(part.indexOf('{')))['RowKey']);
}

function brokenEntity(path: string, text: string): BrokenLimit | undefined {
  const properties = text.startsWith('{') ? propertiesOf(text) : {};
  const keys = [...path.matchAll(/(?:Partition|Row)Key='((?:[^']|'')*)'/g)].map(([, key = '']) => key);
  keys.push(...['PartitionKey', 'RowKey'].flatMap((name) => (name in properties ? [String(properties[name])] : [])));
  for (const key of keys) {
    if (REFUSED_IN_KEYS.test(key)) return broken(400, 'OutOfRangeInput', `the key ${JSON.stringify(key)}`);
    if (key.length * 2 > MAX_KEY_BYTES) return broken(400, 'KeyValueTooLarge', `a key of ${key.length * 2} bytes`);
  }
  return brokenProperties(properties);
}

function brokenProperties(properties: Readonly<Record<string, unknown>>): BrokenLimit | undefined {
  const own = Object.entries(properties).filter(([name]) => !name.includes('@') && !name.startsWith('odata.'));
  const added = own.filter(([name]) => name !== 'PartitionKey' && name !== 'RowKey');
  if (added.length > MAX_PROPERTIES) return broken(400, 'TooManyProperties', `${added.length} properties`);
  let bytes = 4;
  for (const [name, value] of own) {
    const size = sizeOf(value, properties[`${name}@odata.type`]);
    if (name.length > MAX_PROPERTY_NAME) return broken(400, 'PropertyNameTooLong', name);
    if (size > MAX_PROPERTY_BYTES) return broken(400, 'PropertyValueTooLarge', `${name} of ${size} bytes`);
    // Counted as: https://learn.microsoft.com/archive/blogs/avkashchauhan/how-the-size-of-an-entity-is-caclulated-in-windows-azure-table-storage
    bytes += 8 + name.length * 2 + size;
  }
  return bytes > MAX_ENTITY_BYTES ? broken(400, 'EntityTooLarge', `an entity of ${bytes} bytes`) : undefined;
}

function sizeOf(value: unknown, type: unknown): number {
  if (typeof value !== 'string') return 8;
  if (type === 'Edm.Binary') return Buffer.byteLength(value, 'base64');
  return type === undefined || type === 'Edm.String' ? value.length * 2 : 8;
}

function brokenQueueLimit({ operation, url, body, method }: Seen): BrokenLimit | undefined {
  const name = url.pathname.split('/')[2] ?? '';
  if (!QUEUE_NAME.test(name)) return broken(400, 'InvalidResourceName', `the queue "${name}"`);
  const visibility = Number(url.searchParams.get('visibilitytimeout') ?? 0);
  if (visibility > MAX_VISIBILITY_S) {
    return broken(400, 'OutOfRangeQueryParameterValue', `invisible for ${visibility} s`);
  }
  if (Number(url.searchParams.get('numofmessages') ?? 1) > MAX_RECEIVED) {
    return broken(400, 'OutOfRangeQueryParameterValue', 'more than 32 messages');
  }
  const ttl = url.searchParams.get('messagettl');
  if (method === 'POST' && operation === 'put' && ttl !== null && ttl !== '-1' && visibility >= Number(ttl)) {
    return broken(400, 'OutOfRangeQueryParameterValue', 'visible only after it expired');
  }
  if (operation !== 'put' && operation !== 'update') return undefined;
  const text = /<MessageText>([\s\S]*)<\/MessageText>/.exec(body.toString())?.[1] ?? '';
  const bytes = Buffer.byteLength(text.replaceAll(/&(?:lt|gt|amp|quot|apos|#\w+);/g, '.'));
  return bytes > MAX_MESSAGE_BYTES ? broken(413, 'RequestBodyTooLarge', `a message of ${bytes} bytes`) : undefined;
}

function brokenBlobLimit({ url }: Seen): BrokenLimit | undefined {
  const [, , container = '', ...segments] = url.pathname.split('/').map((part) => decodeURIComponent(part));
  if (!CONTAINER_NAME.test(container)) return broken(400, 'InvalidResourceName', `the container "${container}"`);
  const name = segments.join('/');
  if (name.length > MAX_BLOB_NAME)
    return broken(400, 'InvalidResourceName', `a blob name of ${name.length} characters`);
  if (segments.length > MAX_BLOB_SEGMENTS) return broken(400, 'InvalidResourceName', `${segments.length} segments`);
  if (/[\p{Cc}\uE000]/u.test(name) || /\.(\/|$)/.test(name)) {
    return broken(400, 'InvalidResourceName', `the blob ${JSON.stringify(name)}`);
  }
  return undefined;
}

function propertiesOf(json: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(json.slice(0, json.lastIndexOf('}') + 1));
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function broken(status: number, code: string, problem: string): BrokenLimit {
  return { status, code, problem };
}
