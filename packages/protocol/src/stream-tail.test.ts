/** The last bytes of a stream that broke. */
import { OrcestatorError } from './errors';
import { SseDecoder } from './sse-decoder';
import { encodeErrorTail, type StreamProgress } from './stream-tail';

const error = new OrcestatorError('timeout', 'Too late.', { cause: new Error('sk-secret-cause') });
const sent = { id: 'chatcmpl-1', created: 5, model: 'orcestator' };

function framesOf(progress: StreamProgress): unknown[] {
  const bytes = new TextEncoder().encode(encodeErrorTail(progress, error));
  return new SseDecoder()
    .push(bytes)
    .map(({ data }) => (data === '[DONE]' ? data : (JSON.parse(data) as unknown)));
}

const errorFrame = { error: { message: 'Too late.', type: 'server_error', param: null, code: 'timeout' } };

it('each open choice is finished before the error, and the end mark is last', () => {
  const closing = (index: number) => ({
    ...sent,
    object: 'chat.completion.chunk',
    choices: [{ index, delta: {}, finish_reason: 'error' }],
  });
  expect(framesOf({ sent, openChoices: [0, 2] })).toEqual([closing(0), closing(2), errorFrame, '[DONE]']);
});

it('nothing is finished where nothing has begun', () => {
  expect(framesOf({ openChoices: [] })).toEqual([errorFrame, '[DONE]']);
});

it('choices that are finished are not finished again', () => {
  expect(framesOf({ sent, openChoices: [] })).toEqual([errorFrame, '[DONE]']);
});
