/** A line of a text file, without its line end. */
export interface TextLine {
  /** From 1. */
  readonly number: number;
  readonly text: string;
  /** True when the line was so long that the rest of it was dropped. */
  readonly isCut: boolean;
}

const LONGEST_LINE = 64 * 1024;

/**
 * Splits a file into lines as it is read: LF or CRLF, the last one with or without a line end. A byte-order mark says that it
 * is UTF-8; without one it is Windows-1252, in which every byte means something.
 */
export async function* textLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<TextLine> {
  let rest = '';
  let isCut = false;
  let number = 0;
  for await (const text of decoded(chunks)) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      yield { number: ++number, text: trimEnd(line), isCut: isCut || line.length > LONGEST_LINE };
      isCut = false;
    }
    if (rest.length > LONGEST_LINE) {
      rest = rest.slice(0, LONGEST_LINE);
      isCut = true;
    }
  }
  if (rest !== '') yield { number: ++number, text: trimEnd(rest), isCut };
}

type Decoder = InstanceType<typeof TextDecoder>;

async function* decoded(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let decoder: Decoder | undefined;
  let head = Buffer.alloc(0);
  for await (const chunk of chunks) {
    if (decoder !== undefined) {
      yield decoder.decode(chunk, { stream: true });
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < 3) continue;
    decoder = decoderFor(head);
    yield decoder.decode(head, { stream: true });
  }
  yield decoder === undefined ? decoderFor(head).decode(head) : decoder.decode();
}

function decoderFor(head: Uint8Array): Decoder {
  const isUtf8 = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf;
  // The decoder drops the mark itself.
  return new TextDecoder(isUtf8 ? 'utf-8' : 'windows-1252');
}

function trimEnd(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
