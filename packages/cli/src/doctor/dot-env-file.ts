/** `.env` looked at line by line: what the services would read, and what only looks as if they did. */

/** `utf16le` is read by the services, but not by docker compose; `utf16be` and `other` by nobody. */
export type Encoding = 'utf8' | 'utf8-bom' | 'utf16le' | 'utf16be' | 'other';

export interface EnvLine {
  /** From 1. */
  readonly number: number;
  readonly name: string;
  /** As written, quotes included. */
  readonly value: string;
}

export interface EnvFile {
  readonly encoding: Encoding;
  readonly lines: readonly EnvLine[];
  /** Numbers of lines that are neither a setting nor a comment. */
  readonly strange: readonly number[];
}

export function readEnvFile(bytes: Buffer): EnvFile {
  const encoding = encodingOf(bytes);
  const lines: EnvLine[] = [];
  const strange: number[] = [];
  for (const [index, line] of textOf(bytes, encoding).split(/\r?\n/).entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const match = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\s*=\s*(.*?)\s*$/.exec(line);
    if (match) lines.push({ number: index + 1, name: match[1] ?? '', value: match[2] ?? '' });
    else strange.push(index + 1);
  }
  return { encoding, lines, strange };
}

function encodingOf(bytes: Buffer): Encoding {
  const [first, second, third] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf16le';
  if (first === 0xfe && second === 0xff) return 'utf16be';
  if (bytes.includes(0)) return 'other';
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf8-bom';
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return 'utf8';
  } catch {
    return 'other';
  }
}

function textOf(bytes: Buffer, encoding: Encoding): string {
  if (encoding === 'utf16be')
    return Buffer.from(bytes.subarray(0, bytes.length & ~1))
      .swap16()
      .toString('utf16le')
      .replace(/^\uFEFF/, '');
  return bytes.toString(encoding === 'utf16le' ? 'utf16le' : 'utf8').replace(/^\uFEFF/, '');
}
