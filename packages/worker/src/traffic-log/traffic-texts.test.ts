/** What the two text columns show. */
import type { RequestRecord } from '../recording';
import { answerText, endingText, lastUserText, outcomeOf } from './traffic-texts';

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
  const call = { id: 'a', type: 'function' as const, function: { name: 'ls', arguments: '{"path":"."}' } };

  it('is the text and the tool calls as name(arguments)', () => {
    expect(answerText({ answer: { content: 'Looking.', toolCalls: [call], omitted: 0 } })).toBe(
      'Looking.\nls({"path":"."})',
    );
  });

  it.each<[Partial<RequestRecord>, string]>([
    [{ outcome: 'ok' }, ''],
    [{ outcome: 'cancelled' }, '[cancelled]'],
    [{ outcome: 'error', error: 'no [credit]\nat all' }, '[error: no [credit]\nat all]'],
  ])('tells how it ended: %j', (record, ending) => {
    expect(endingText(record as RequestRecord)).toBe(ending);
    expect(outcomeOf(ending)).toBe(record.outcome);
    expect(outcomeOf(`Hello\n${ending}`)).toBe(record.outcome);
  });

  it('a text that speaks of endings has none', () => {
    expect(outcomeOf('it was [cancelled]')).toBe('ok');
    expect(outcomeOf('[cancelled]\nand went on')).toBe('ok');
    expect(outcomeOf('see [error: x] above')).toBe('ok');
  });
});
