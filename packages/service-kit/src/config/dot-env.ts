/** Reads `.env` as Windows editors leave it: UTF-8 with or without BOM, or UTF-16 LE (PowerShell 5's `>`). */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

/** The variables of `folder/.env`; empty where there is no such file. Throws when it exists and cannot be read. */
export function readDotEnv(folder: string): Record<string, string | undefined> {
  const path = join(folder, '.env');
  if (!existsSync(path)) return {};
  return parseEnv(decodeText(readFileSync(path)));
}

function decodeText(bytes: Buffer): string {
  const isUtf16 = bytes.length >= 2 && bytes[0] === 0xff && bytes[1] === 0xfe;
  return bytes.toString(isUtf16 ? 'utf16le' : 'utf8').replace(/^\uFEFF/, '');
}
