/** The id goes upstream without touching what the client has set. */
import { withTrace } from './upstream-request-id';

const openRouter = 'https://openrouter.ai/api/v1';

it('is the trace id and a field beside it', () => {
  expect(withTrace({ model: 'm' }, 'id-1', openRouter)).toEqual({
    model: 'm',
    trace: { trace_id: 'id-1', request_id: 'id-1' },
  });
});

it("the client's own trace stays", () => {
  const trace = { trace_id: 'mine', span_name: 's' };
  expect(withTrace({ trace }, 'id-1', openRouter)).toEqual({ trace: { ...trace, request_id: 'id-1' } });
});

it.each([
  [{ trace: 'nonsense' }, openRouter],
  [{ model: 'm' }, 'http://localhost:11434/v1'],
  [{ model: 'm' }, 'https://api.openai.com/v1'],
])('%j to %s passes untouched', (body, baseUrl) => {
  expect(withTrace(body, 'id-1', baseUrl)).toBe(body);
});
