/** Counts against figures of OpenAI's tiktoken, and the cost of hostile texts. */
import fc from 'fast-check';
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
    const start = performance.now();
    expect(countTokens(unit.repeat(100_000 / unit.length))).toBeGreaterThan(0);
    // Some 20 ms here; the square of the length would be ten seconds and more.
    expect(performance.now() - start).toBeLessThan(2_000);
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
