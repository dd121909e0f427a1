/** The scenarios that give a whole answer. */
import { HELLO, SAMPLE, type SoundCase } from './cases';

const ABOUT_STREAMS =
  'The last event is data: [DONE]\n\ndata: [DONE]\n\ndata: {"choices":[{"finish_reason":"stop"}]}\n\nand then the connection closes.';
const codeOf = (at: number): string =>
  JSON.stringify({
    path: `${at}.ts`,
    content: `{"a":{"b":[1,"}"]}}}\n res.write('data: [DONE]');`.repeat(2_000),
  });
const oslo = ['get_weather', '{"city":"Oslo"}'] as const;
const bergen = ['get_weather', '{"city":"Bergen"}'] as const;
const signed = {
  type: 'reasoning.text',
  text: 'Let me think.',
  signature: 'RXhhbXBsZQ==',
  format: 'anthropic-claude-v1',
  index: 0,
};
const signature = { type: 'reasoning.text', signature: 'Z2VtaW5p', format: 'google-gemini-v1', index: 0 };
const encrypted = {
  type: 'reasoning.encrypted',
  data: 'ZW5jcnlwdGVk',
  id: 'rs_1',
  format: 'openai-responses-v1',
  index: 0,
};

export const textCases: readonly SoundCase[] = [
  { scenario: 'ok', holds: 'an ordinary answer', text: HELLO },
  { scenario: 'ok-fast', holds: 'without any comment', text: HELLO },
  { scenario: 'usage-a', holds: 'pitfall 7: usage in a chunk of its own', text: SAMPLE },
  { scenario: 'usage-b', holds: 'pitfall 5: usage beside empty choices', text: SAMPLE },
  { scenario: 'usage-c', holds: 'pitfall 6: usage beside the finish told twice', text: SAMPLE },
  { scenario: 'usage-none', holds: 'pitfall 7: no usage is none', text: SAMPLE, hasNoUsage: true },
  { scenario: 'usage-before-finish', holds: 'pitfall 7: usage before the end', text: SAMPLE },
  {
    scenario: 'utf8',
    holds: 'pitfall 20: characters of many bytes',
    text: 'Привет, мир! 你好 🐋 👩‍👩‍👧 ‘naïve’ \u2028 конец.',
  },
  { scenario: 'model-dated', holds: 'pitfall 22: another name of the model', text: SAMPLE },
  { scenario: 'model-fallback', holds: 'pitfall 22: the next model', text: SAMPLE },
  { scenario: 'text:300', holds: 'as fast as can be', text: 'word '.repeat(300) },
  { scenario: 'text:0', holds: 'not a word, and yet a role', text: '' },
  { scenario: 'two-finishes', holds: 'pitfall 6: the first finish counts', text: SAMPLE, finish: 'length' },
  { scenario: 'comment-flood', holds: 'pitfall 1: ten thousand comments', text: SAMPLE },
  { scenario: 'big-event', holds: 'pitfall 21: one event of 5 MB', text: 'x'.repeat(5 * 1024 * 1024) },
  { scenario: 'slow-first-token:0.2', holds: 'the first token takes its time', text: SAMPLE },
  { scenario: 'done-linger', holds: 'pitfall 26: nobody waits after [DONE]', text: SAMPLE },
  { scenario: 'ns-pad', holds: 'pitfall 28: padding before the answer', text: SAMPLE },
  { scenario: 'gzip', holds: 'pitfall 19: compression is not asked for', text: SAMPLE },
  { scenario: 'close-keepalive-idle', holds: 'pitfall 18: the connection closes after it', text: SAMPLE },
  { scenario: 'eof-no-done', holds: 'pitfall 47: [DONE] is added', text: 'The quick brown ' },
  { scenario: 'chop:1', holds: 'pitfall 20: byte by byte', text: HELLO },
  { scenario: 'crlf', holds: 'CRLF becomes LF', text: HELLO },
  { scenario: 'merge-all', holds: 'pitfall 21: all in one packet', text: HELLO },
  { scenario: 'sse-in-text', holds: 'pitfall 47: a text that quotes [DONE] is no end', text: ABOUT_STREAMS },
  { scenario: 'no-space-data', holds: 'no space after data:', text: HELLO },
];

export const toolCases: readonly SoundCase[] = [
  { scenario: 'tools', holds: 'one call', calls: [oslo] },
  { scenario: 'tools-parallel-interleaved', holds: 'pitfall 8: two calls mixed', calls: [oslo, bergen] },
  {
    scenario: 'tools-parallel-10',
    holds: 'pitfall 8: ten calls mixed',
    calls: Array.from({ length: 10 }, (_, at) => ['get_weather', `{"city":"City ${at}"}`] as const),
  },
  { scenario: 'tools-no-args', holds: 'pitfall 9: no arguments become {}', calls: [['get_time', '{}']] },
  { scenario: 'tools-finish-stop', holds: 'pitfall 9: stop becomes tool_calls', calls: [oslo] },
  { scenario: 'tools-no-index', holds: 'pitfall 8: calls without index', calls: [oslo, bergen] },
  { scenario: 'tools-then-space', holds: 'pitfall 9: white space after the call', calls: [oslo] },
  {
    scenario: 'tools-big-args',
    holds: 'arguments of 200 kB',
    calls: [['write', JSON.stringify({ content: 'x'.repeat(200_000) })]],
  },
  {
    scenario: 'emoji-args',
    holds: 'pitfall 20: emoji in arguments',
    calls: [['write', JSON.stringify({ content: '🐋🧭👩‍👩‍👧 Привет' })]],
  },
  {
    scenario: 'sse-in-args',
    holds: 'pitfall 47: arguments that quote [DONE] are no end',
    calls: [['write', JSON.stringify({ content: ABOUT_STREAMS })]],
  },
  {
    scenario: 'tools-big-parallel',
    holds: 'pitfall 8: three calls of 100 kB of code mixed',
    calls: [0, 1, 2].map((at) => ['write', codeOf(at)] as const),
  },
  { scenario: 'tools-one-index', holds: 'pitfall 8: calls that share a place', calls: [oslo, bergen] },
  {
    scenario: 'body-for-stream',
    holds: 'pitfalls 28 and 37: a padded JSON body in place of events',
    text: SAMPLE,
    calls: [oslo],
  },
  {
    scenario: 'mixed-delta',
    holds: 'pitfall 41: text and call in one delta, empty tool_calls',
    text: 'Look: now',
    calls: [['get_time', '{}']],
    hasNoUsage: true,
  },
];

export const reasoningCases: readonly SoundCase[] = [
  {
    scenario: 'reasoning-anthropic',
    holds: 'pitfall 13: the text once, under one name',
    text: '42',
    reasoning: 'Let me think.',
    details: [signed],
  },
  {
    scenario: 'reasoning-gemini-sig-only',
    holds: 'pitfall 11: a signature without text',
    text: '42',
    details: [signature],
  },
  {
    scenario: 'reasoning-encrypted',
    holds: 'pitfall 11: encrypted details',
    text: '42',
    details: [encrypted],
  },
  { scenario: 'reasoning-empty', holds: 'pitfall 12: an empty list stays', text: '42', details: [] },
  {
    scenario: 'reasoning-required',
    holds: 'pitfall 11: details before a call',
    reasoning: 'Let me think.',
    details: [signed],
    calls: [oslo],
  },
];
