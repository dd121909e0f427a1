/** `/v1/completions` of servers registered without a worker of ours: one sound stream, whatever they send. */
import { text as textOf } from 'node:stream/consumers';
import { AnswerBody } from '@orcestator/service-kit';
import { createManualClock } from '@orcestator/service-kit/testing';
import { normaliseAnswer } from './normalise-answer';

const MODEL = 'llama3:latest';

interface Choice {
  index?: number;
  text: string;
  finish_reason: string | null;
}

interface Chunk {
  choices?: Choice[];
  usage?: object;
  error?: { message: string };
}

/** The clean stream of an answer, and how often the server was reported as broken. */
async function ask(sent: string, { type = 'text/event-stream', fields = {} } = {}) {
  let broken = 0;
  const answer = {
    status: 200,
    headers: { 'content-type': type },
    body: AnswerBody.of(Buffer.from(sent)),
  };
  const asked = {
    path: '/v1/completions',
    fields: () => ({ model: MODEL, stream: true, ...fields }),
    signal: new AbortController().signal,
    onBroken: () => void (broken += 1),
  };
  const text = await textOf((await normaliseAnswer(answer, asked, createManualClock())).body);
  expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
  const events = text.split('\n\n').filter((event) => event.startsWith('data: {'));
  return { chunks: events.map((event) => JSON.parse(event.slice(6)) as Chunk), broken };
}

const chunkOf = (choices: object[], more: object = {}): string =>
  `data: ${JSON.stringify({ id: 'cmpl-1', object: 'text_completion', model: MODEL, choices, ...more })}\n\n`;
const chunk = (text: string, finish_reason: string | null = null, index = 0): string =>
  chunkOf([{ index, text, finish_reason }]);
const DONE = 'data: [DONE]\n\n';
const choicesOf = (chunks: Chunk[]): Choice[] => chunks.flatMap(({ choices = [] }) => choices);

it('has our model, usage only if asked for, and an end', async () => {
  const usage = { usage: { total_tokens: 1 } };
  const sent = [['a', null] as const, ['', 'stop'] as const]
    .map(([text, finish_reason]) => chunkOf([{ index: 0, text, finish_reason }], usage))
    .join('');
  const envelope = { id: 'cmpl-1', object: 'text_completion', model: 'orcestator' };
  const clean = [
    { ...envelope, choices: [{ index: 0, text: 'a', finish_reason: null }] },
    { ...envelope, choices: [{ index: 0, text: '', finish_reason: 'stop' }] },
  ];
  expect((await ask(sent)).chunks).toEqual(clean);
  const fields = { stream_options: { include_usage: true } };
  expect((await ask(sent, { fields })).chunks).toEqual(clean.map((one) => ({ ...one, ...usage })));
});

it.each([
  [
    'beside choices',
    chunkOf([{ index: 0, text: 'b', finish_reason: 'stop' }], { error: { message: 'CUDA died' } }),
  ],
  [
    'inside a choice',
    chunkOf([{ index: 0, text: 'b', finish_reason: 'stop', error: { message: 'CUDA died' } }]),
  ],
])('an error %s ends the stream as one, its text is not lost, its finish is none', async (_name, failing) => {
  const { chunks, broken } = await ask(chunk('a') + failing + chunk('c', 'stop') + DONE);
  expect(choicesOf(chunks)).toEqual([
    { index: 0, text: 'a', finish_reason: null },
    { index: 0, text: 'b', finish_reason: null },
  ]);
  expect(chunks.at(-1)).toEqual({ error: expect.objectContaining({ message: 'CUDA died.' }) });
  expect(broken).toBe(1);
});

it.each([
  ['that is broken JSON', 'data: {"id":"cmpl-1","cho\n\n', 'not JSON'],
  ['whose finish says error', chunk('', 'error'), 'broke off'],
])('an event %s is an error, not a hole', async (_name, event, words) => {
  const { chunks } = await ask(chunk('a') + event + chunk('b', 'stop') + DONE);
  expect(choicesOf(chunks).map(({ text }) => text)).toEqual(['a']);
  expect(chunks.at(-1)?.error?.message).toContain(words);
});

it('events that say nothing are skipped: empty ones, null, comments', async () => {
  const { chunks } = await ask(`data: \n\ndata: null\n\ndata: : processing\n\n${chunk('a', 'stop')}${DONE}`);
  expect(chunks).toHaveLength(1);
});

it('a choice ends once: a second finish and what follows the first do not pass', async () => {
  const { chunks } = await ask(chunk('a', 'stop') + chunk('b') + chunk('', 'length') + DONE);
  expect(choicesOf(chunks)).toEqual([{ index: 0, text: 'a', finish_reason: 'stop' }]);
});

it('an empty finish_reason is none', async () => {
  const { chunks } = await ask(chunk('a', '') + DONE);
  expect(choicesOf(chunks)).toEqual([{ index: 0, text: 'a', finish_reason: null }]);
  expect(chunks.at(-1)?.error?.message).toContain('before it was complete');
});

it('each choice needs an end of its own', async () => {
  const half = await ask(chunk('a', null, 1) + chunk('b', 'stop', 0) + DONE);
  expect(half.chunks.at(-1)?.error?.message).toContain('before it was complete');
  const whole = await ask(chunk('a', null, 1) + chunk('b', 'stop', 0) + chunk('', 'stop', 1) + DONE);
  expect(whole.chunks.filter(({ error }) => error)).toEqual([]);
});

it('one body in place of the stream becomes a stream', async () => {
  const choices = [{ index: 0, text: 'Hello', finish_reason: 'stop' }];
  const body = JSON.stringify({ id: 'x', object: 'text_completion', model: MODEL, choices });
  const { chunks } = await ask(body, { type: 'application/json' });
  expect(chunks).toEqual([{ id: 'x', object: 'text_completion', model: 'orcestator', choices }]);
});

it.each([
  ['an error', '{"error":{"message":"no such model"},"choices":[]}', 'no such model'],
  ['no choice', '{"id":"x","choices":[]}', 'before it was complete'],
  ['broken JSON', '{"id":', 'broken JSON'],
])('one body with %s in place of the stream is an HTTP error', async (_name, body, words) => {
  await expect(ask(body, { type: 'application/json' })).rejects.toThrow(words);
});
