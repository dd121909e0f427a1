/** The packed vocabularies against OpenAI's files, as gpt-tokenizer ships them. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readVocabulary } from './encodings';
import { NO_TOKEN } from './vocabulary';

const library = dirname(require.resolve('gpt-tokenizer/package.json'));

describe.each(['o200k_base', 'cl100k_base'] as const)('%s', (name) => {
  const vocabulary = readVocabulary(name);

  it('has every token at its rank', () => {
    const lines = readFileSync(join(library, 'data', `${name}.tiktoken`), 'utf8')
      .trim()
      .split('\n');
    expect(lines.length).toBeGreaterThan(100_000);
    const wrong = lines.filter((line) => {
      const [base64 = '', rank] = line.split(' ');
      const token = Buffer.from(base64, 'base64');
      return vocabulary.rank(token, 0, token.length) !== Number(rank);
    });
    expect(wrong).toEqual([]);
  });

  it('has no other', () => {
    for (const text of ['', 'no such token', '\u0001\u0002', 'Съешь же']) {
      expect(vocabulary.rank(Buffer.from(text), 0, Buffer.byteLength(text))).toBe(NO_TOKEN);
    }
  });
});
