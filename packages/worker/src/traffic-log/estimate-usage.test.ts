/** Tokens in the log: upstream's word, or a count of our own. */
import type { RequestRecord } from '../recording';
import { tokenColumns } from './estimate-usage';

const record = (fields: Partial<RequestRecord>): RequestRecord =>
  ({
    messages: [
      { role: 'system', content: 'abcd' },
      { role: 'user', content: [{ type: 'text', text: 'efg' }, { type: 'image_url' }] },
    ],
    answer: { content: 'hello', toolCalls: [], omitted: 0 },
    firstChunkMs: 1,
    ...fields,
  }) as RequestRecord;

const byLength = (text: string): number => text.length;

it("upstream's word is taken", () => {
  const usage = { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 };
  expect(tokenColumns(record({ usage }), byLength)).toEqual({ promptTokens: 9, completionTokens: 2 });
});

it('without it all messages are counted, with what the chat format adds, and the answer', () => {
  expect(tokenColumns(record({}), byLength)).toEqual({
    promptTokens: 'abcd\nefg\n[image]'.length + 9,
    completionTokens: 5,
  });
});

it('nobody has used tokens before the first chunk', () => {
  expect(tokenColumns(record({ firstChunkMs: undefined }), byLength)).toEqual({
    promptTokens: undefined,
    completionTokens: undefined,
  });
});

it('of a long text only the start is counted', () => {
  const counted: number[] = [];
  const count = (text: string): number => {
    counted.push(text.length);
    return text.length / 4;
  };
  const messages = [{ role: 'user', content: 'x'.repeat(1_000_000) }];
  expect(tokenColumns(record({ messages }), count).promptTokens).toBe(250_006);
  expect(Math.max(...counted)).toBeLessThanOrEqual(16 * 1024);
});
