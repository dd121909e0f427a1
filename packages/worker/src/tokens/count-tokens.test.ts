/** Counts against figures of OpenAI's tiktoken and against gpt-tokenizer, and the cost of hostile texts. */
import { processorTime } from '@orcestator/service-kit/testing';
import fc from 'fast-check';
import * as cl100k from 'gpt-tokenizer/encoding/cl100k_base';
import * as o200k from 'gpt-tokenizer/encoding/o200k_base';
import { countTokens, countTokensInTurns } from './count-tokens';
import { tokenPieces } from './token-pieces';

it("counts as OpenAI's tokenizer does", () => {
  expect(countTokens('')).toBe(0);
  expect(countTokens('hello world')).toBe(2);
  expect(countTokens('Съешь же ещё этих мягких французских булок, да выпей чаю')).toBe(18);
  expect(countTokens('👩‍👩‍👧 "quoted"\n\tcode();')).toBe(13);
});

it('knows the table of older models', () => {
  const text = 'Съешь же ещё этих мягких французских булок';
  expect(countTokens(text, 'openai/gpt-3.5-turbo')).toBe(countTokens(text, 'gpt-4'));
  expect(countTokens(text, 'gpt-4')).toBeGreaterThan(countTokens(text, 'openai/gpt-4o'));
});

const encodings = [
  ['gpt-4o', o200k],
  ['gpt-4', cl100k],
] as const;

/** As {@link countTokens} takes them: text like any other. */
const specialAsText = { allowedSpecial: new Set<string>(), disallowedSpecial: new Set<string>() };

describe.each(encodings)("the table of %s, against gpt-tokenizer's", (model, reference) => {
  const expected = (text: string): number => reference.countTokens(text, specialAsText);

  it('counts any text alike', () => {
    const parts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.string({ unit: 'grapheme', maxLength: 20 }),
      fc.constantFrom(
        ...[
          "I'll",
          "WE'RE",
          " don't",
          'iPhone',
          'ЁЖИК',
          ' привет',
          '你好',
          ' \n\n',
          '\r\n/',
          '\t ',
          '1234567',
          'naïve',
        ],
        ...['\u00a0', '👩‍👩‍👧', 'e\u0301', '{"a":[1]}', '<|endoftext|>', 'ǅ', 'ﬁ', '\ud800', ' //!?\n'],
      ),
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 12 }), (all) => {
        const text = all.join('');
        // Where pieces are cut is a matter of its own, tested below; so is the byte order mark, which gpt-tokenizer's TextDecoder drops.
        fc.pre([...tokenPieces(text)].length <= 1 && !text.includes('\ufeff'));
        expect(countTokens(text, model)).toBe(expected(text));
      }),
      { numRuns: 2_000 },
    );
  });
});

it.each(encodings)('a byte order mark is a token of %s, alone and before a word', (model) => {
  // In OpenAI's files: 77u/ and 77u/dXNpbmc=.
  expect(countTokens('\ufeff', model)).toBe(1);
  expect(countTokens('\ufeffusing', model)).toBe(1);
});

it('takes special tokens inside a text as text', () => {
  expect(countTokens('<|endoftext|><|im_start|>')).toBeGreaterThan(5);
});

it('cuts a text at its words, so that cutting changes no count', () => {
  const text = 'The quick brown fox jumps over the lazy dog.\n'.repeat(2_000);
  expect([...tokenPieces(text)].length).toBeGreaterThan(4);
  expect(countTokens(text)).toBe(2_000 * countTokens('The quick brown fox jumps over the lazy dog.\n'));
});

it('loses nothing of a text and tears no character', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('a'.repeat(50), ' ', '\n', '😀'.repeat(40), '\u3000', 'é', '/', '\u00a0 ')),
      (parts) => {
        const text = parts.join('');
        const pieces = [...tokenPieces(text)];
        expect(pieces.join('')).toBe(text);
        for (const piece of pieces) expect(Buffer.from(piece).toString()).toBe(piece);
      },
    ),
  );
});

const hostile = ['a', ' ', '\n', '!', '/\n', ' \n', 'é!', '\u00a0 ', '\u3000', '"\'', '😀', 'a\u0301', ' \t'];

it.each(hostile.map((unit) => [JSON.stringify(unit), unit]))(
  '100 kB of %s costs no more than its length',
  (_name, unit) => {
    countTokens('warm');
    const text = unit.repeat(100_000 / unit.length);
    // 20 ms to 80 ms, within jest up to 1.2 s; the square of the length would be ten seconds and more.
    expect(processorTime(() => expect(countTokens(text)).toBeGreaterThan(0))).toBeLessThan(4_000);
  },
);

it('lets other work run while a long text is counted', async () => {
  const text = 'words and words '.repeat(20_000);
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 0);
  const counting = countTokensInTurns(text);
  expect(await counting).toBe(countTokens(text));
  clearInterval(timer);
  expect(turns).toBeGreaterThan(1);
});
