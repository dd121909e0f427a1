/** Texts are cut at a limit, between what readers take for characters. */
import fc from 'fast-check';
import { shorten } from './shorten';

const family = '👩‍👩‍👧';

it('leaves a text within the limit as it is; 0 is no limit', () => {
  expect(shorten('abcd', 4)).toBe('abcd');
  expect(shorten('abc🐋', 4)).toBe('abc🐋');
  expect(shorten('abcd', 0)).toBe('abcd');
});

it('counts what never came to it too', () => {
  expect(shorten('abcdef', 4, 10)).toBe('abcd…[+12]');
  expect(shorten('abc', 4, 10)).toBe('abc…[+10]');
});

it.each([
  ['abcdef', 4, 'abcd…[+2]'],
  ['abc🐋🐋', 4, 'abc🐋…[+1]'],
  [`abc${family}`, 5, 'abc…[+5]'],
  ['abce\u0301f', 4, 'abc…[+3]'],
  ['ab\r\ncd', 3, 'ab…[+4]'],
  [family, 2, '…[+5]'],
])('%j cut at %i is %j', (text, limit, shown) => {
  expect(shorten(text, limit)).toBe(shown);
});

it('says how many code points are missing, whatever the text', () => {
  const texts = fc.string({ unit: 'binary', minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 200 }), (text, limit) => {
      const shown = shorten(text, limit);
      const [, head = shown, count = '0'] = /^(.*)…\[\+(\d+)\]$/s.exec(shown) ?? [];
      expect(text.startsWith(head)).toBe(true);
      expect([...head].length).toBeLessThanOrEqual(limit);
      expect([...head].length + Number(count)).toBe([...text].length);
    }),
  );
});

it('a character of endless length is halved rather than everything lost', () => {
  expect(shorten(`${'a'.repeat(100)}e${'\u0301'.repeat(5000)}`, 1000)).toMatch(/^a{100}e\u0301{899}…/);
});
