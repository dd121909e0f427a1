/** OpenAI's encodings: how they cut a text into words, and their tokens, which are read when the first text is counted. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { BytePairs } from './byte-pairs';
import { Vocabulary } from './vocabulary';

export type EncodingName = 'o200k_base' | 'cl100k_base';

export interface Encoding {
  /** Matches the words of a text one after the other; no token reaches over the end of a word. */
  readonly words: RegExp;
  readonly pairs: BytePairs;
}

/** Packed by `vocabularies/pack.mjs`; beside the sources as beside what is built of them. */
const folder = join(__dirname, '..', '..', 'vocabularies');

const contraction = "'(?:[sS]|[dD]|[mM]|[tT]|[lL][lL]|[vV][eE]|[rR][eE])";
const upper = '[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]';
const lower = '[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]';
const before = '[^\\r\\n\\p{L}\\p{N}]?';

/** tiktoken's patterns (tiktoken_ext/openai_public.py), without what JavaScript does not know: `(?i:)`, `++`. */
const patterns: Readonly<Record<EncodingName, readonly string[]>> = {
  o200k_base: [
    `${before}${upper}*${lower}+(?:${contraction})?`,
    `${before}${upper}+${lower}*(?:${contraction})?`,
    '\\p{N}{1,3}',
    ' ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*',
    '\\s*[\\r\\n]+',
    '\\s+(?!\\S)',
    '\\s+',
  ],
  cl100k_base: [
    contraction,
    `${before}\\p{L}+`,
    '\\p{N}{1,3}',
    ' ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*',
    '\\s+$',
    '\\s*[\\r\\n]',
    '\\s+(?!\\S)',
    '\\s',
  ],
};

const loaded = new Map<EncodingName, Encoding>();

export function loadEncoding(name: EncodingName): Encoding {
  let encoding = loaded.get(name);
  if (!encoding) {
    encoding = {
      words: new RegExp(patterns[name].join('|'), 'gu'),
      pairs: new BytePairs(readVocabulary(name)),
    };
    loaded.set(name, encoding);
  }
  return encoding;
}

export function readVocabulary(name: EncodingName): Vocabulary {
  return new Vocabulary(brotliDecompressSync(readFileSync(join(folder, `${name}.br`))));
}
