/** How many tokens a text has, by OpenAI's tables; they are read when the first text is counted. */
import { createRequire } from 'node:module';
import { tokenPieces } from './token-pieces';

type Encoding = typeof import('gpt-tokenizer/encoding/o200k_base');
type EncodingName = 'o200k_base' | 'cl100k_base';

/** Models before GPT-4o; every other model, of whatever maker, is counted by GPT-4o's table. */
const olderModels = /(^|\/)(gpt-4|gpt-4-.*|gpt-3\.5.*|text-embedding-.*)$/;

/** Words kept while a text is counted: a word is merged once. Emptied after each text, or the keys would hold the texts. */
const MERGE_CACHE_SIZE = 4_096;

/** Such words as `<|endoftext|>` in a text are text. */
const asText = { allowedSpecial: new Set<string>(), disallowedSpecial: new Set<string>() };

const load = createRequire(__filename);
const encodings = new Map<EncodingName, Encoding>();

function encodingOf(model: string): Encoding {
  const name: EncodingName = olderModels.test(model) ? 'cl100k_base' : 'o200k_base';
  let encoding = encodings.get(name);
  if (!encoding) {
    encoding = load(`gpt-tokenizer/encoding/${name}`) as Encoding;
    encoding.setMergeCacheSize(MERGE_CACHE_SIZE);
    encodings.set(name, encoding);
  }
  return encoding;
}

/** Exact for OpenAI's models, within some ten per cent for others. About 0.1 s a megabyte, at worst 1 s. */
export function countTokens(text: string, model = ''): number {
  if (text === '') return 0;
  const encoding = encodingOf(model);
  let count = 0;
  for (const piece of tokenPieces(text)) count += encoding.countTokens(piece, asText);
  encoding.clearMergeCache();
  return count;
}

/** Characters counted before other work has its turn: some 20 ms at worst. */
const TURN_LENGTH = 16 * 1024;

/** The same for texts of any length: other requests have their turn in between. */
export async function countTokensInTurns(text: string, model = ''): Promise<number> {
  if (text.length <= TURN_LENGTH) return countTokens(text, model);
  const encoding = encodingOf(model);
  let count = 0;
  let length = 0;
  for (const piece of tokenPieces(text)) {
    count += encoding.countTokens(piece, asText);
    length += piece.length;
    if (length < TURN_LENGTH) continue;
    length = 0;
    encoding.clearMergeCache();
    await new Promise((resolve) => setImmediate(resolve));
  }
  encoding.clearMergeCache();
  return count;
}
