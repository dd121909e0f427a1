/** What the two text columns show. */
import type { RequestRecord } from '../recording';
import { assistantText, lastUserText, shorten } from './traffic-texts';

describe('user', () => {
  it('is the last user message, not a later tool result', () => {
    expect(
      lastUserText([
        { role: 'user', content: 'one' },
        { role: 'user', content: 'two' },
        { role: 'tool', content: 'x' },
      ]),
    ).toBe('two');
  });

  it('shows parts that are no text by name', () => {
    const content = [
      { type: 'text', text: 'look' },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
      { type: 'file', file: { filename: 'a.pdf', file_data: '...' } },
      { type: 'input_audio' },
    ];
    expect(lastUserText([{ role: 'user', content }])).toBe('look\n[image]\n[file a.pdf]\n[input_audio]');
  });

  it.each([[undefined], [[]], [[{ role: 'system', content: 'x' }]], ['nonsense'], [[null]]])(
    'is empty for %j',
    (messages) => {
      expect(lastUserText(messages)).toBe('');
    },
  );
});

describe('assistant', () => {
  const record = (fields: Partial<RequestRecord>): RequestRecord =>
    ({ answer: { content: '', toolCalls: [], omitted: 0 }, outcome: 'ok', ...fields }) as RequestRecord;
  const call = { id: 'a', type: 'function' as const, function: { name: 'ls', arguments: '{"path":"."}' } };

  it('is the text and the tool calls as name(arguments)', () => {
    expect(assistantText(record({ answer: { content: 'Looking.', toolCalls: [call], omitted: 0 } }))).toBe(
      'Looking.\nls({"path":"."})',
    );
  });

  it('tells how it ended where it did not end well', () => {
    expect(
      assistantText(record({ outcome: 'cancelled', answer: { content: 'Hel', toolCalls: [], omitted: 0 } })),
    ).toBe('Hel\n[cancelled]');
    expect(assistantText(record({ outcome: 'error', error: 'no credit' }))).toBe('[error: no credit]');
  });
});

describe('shorten', () => {
  it('counts what it cuts and never halves an emoji', () => {
    expect(shorten('abcdef', 4)).toBe('abcd…[+2]');
    expect(shorten('abc🐋', 4)).toBe('abc…[+2]');
    expect(shorten('abcd', 4)).toBe('abcd');
    expect(shorten('abcd', 0)).toBe('abcd');
  });

  it('counts what never came to it too', () => {
    expect(shorten('abcdef', 4, 10)).toBe('abcd…[+12]');
    expect(shorten('abc', 4, 10)).toBe('abc…[+10]');
  });
});
