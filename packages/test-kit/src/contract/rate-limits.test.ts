/** A client reads when to ask again, wherever the upstream said it (openrouter.md §6.3, §6.4). */
import { InProcessStack } from '../stack/in-process-stack';

let stack: InProcessStack;
beforeAll(async () => {
  stack = await InProcessStack.start({ env: { OR_MAX_RETRIES: '0' } });
});
afterAll(() => stack.stop());

const seconds = expect.stringMatching(/^\d+$/) as unknown;
const limits = (limit: string) => ({
  'x-ratelimit-limit': limit,
  'x-ratelimit-remaining': '0',
  'x-ratelimit-reset': expect.stringMatching(/^\d{13}$/) as unknown,
});

describe.each([true, false])('stream %s', (stream) => {
  it.each([
    ['err-429-capacity', { 'retry-after': seconds }],
    ['err-429-free-min', { 'retry-after': seconds, ...limits('20') }],
    ['err-429-free-day', { 'x-should-retry': 'false', ...limits('50') }],
    ['mid-m3-first', { 'retry-after': seconds, ...limits('20') }],
  ])('sim/%s', async (scenario, expected) => {
    const { status, headers } = await stack.chat({ model: `sim/${scenario}`, stream });
    expect([status, Object.fromEntries(headers)]).toEqual([429, expect.objectContaining(expected)]);
  });
});
