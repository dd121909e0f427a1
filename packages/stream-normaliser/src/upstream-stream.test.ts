/** When a stream is given up, and when an end that is none counts as one. */
import { OrcestatorError, type ChatCompletionChunk } from '@orcestator/protocol';
import { AnswerBody } from '@orcestator/service-kit';
import { createManualClock, type ManualClock } from '@orcestator/service-kit/testing';
import { chunk, contentOf, createTestNormaliser, finish, finishesOf, toolChunk } from './testing';
import { readUpstreamStream } from './upstream-stream';

const limits = { byteIdle: 10_000, contentIdle: 20_000, finishLinger: 5_000 };
const control = { pause: () => undefined, resume: () => undefined, abort: () => undefined, paused: false };

let clock: ManualClock;
let body: AnswerBody;
beforeEach(() => {
  clock = createManualClock();
  body = new AnswerBody(control);
});

/** Reads what `play` makes the upstream say; `error` is what the reader was thrown. */
async function read(play: () => Promise<void>, contentType = 'text/event-stream') {
  const normaliser = createTestNormaliser();
  const chunks: ChatCompletionChunk[] = [];
  const abort = (reason: Error): void => body.destroy(reason);
  const answer = { status: 200, headers: { 'content-type': contentType }, body };
  const reading = (async () => {
    for await (const some of readUpstreamStream({ answer, normaliser, limits, clock, abort }))
      chunks.push(...some);
  })();
  const ended = reading.then(
    () => '',
    (error: unknown) => (error as Error).message,
  );
  await play();
  const result = { chunks, outcome: normaliser.outcome, normaliser };
  return { error: await ended, content: contentOf(result), finishes: finishesOf(result) };
}

async function say(text: string, pause = 0): Promise<void> {
  body.push(Buffer.from(text));
  await clock.advance(pause);
}

const open = (index: number) => toolChunk({ index, id: `id${index}`, function: { name: `f${index}` } });
const more = (index: number) => toolChunk({ index, function: { arguments: '{"x":1, ' } });

it('pitfall 4: a model that writes a call which has to wait for another one is not silent', async () => {
  const { error } = await read(async () => {
    await say(open(0) + open(1));
    for (let at = 0; at < 10; at += 1) await say(more(1), 9_000);
    await say('', 1_000);
  });
  expect(error).toBe('The upstream sent nothing for 10 s (OR_BYTE_IDLE_TIMEOUT).');
});

it.each([
  ['empty deltas', chunk({ content: '' })],
  ['comments', ': OPENROUTER PROCESSING\n\n'],
  ['empty calls', toolChunk()],
])('pitfall 4: %s say nothing', async (_name, nothing) => {
  const { error } = await read(async () => {
    await say(chunk({ content: 'Hel' }));
    for (let at = 0; at < 4; at += 1) await say(nothing, 6_000);
  });
  expect(error).toBe('The upstream sent no content for 20 s (OR_CONTENT_IDLE_TIMEOUT).');
});

it('an answer that goes on after its first finish is waited for', async () => {
  const { error, content, finishes } = await read(async () => {
    for (const text of ['a', 'b', 'c']) await say(chunk({ content: text }, { finish_reason: 'stop' }), 4_000);
    await say('', 1_000);
  });
  expect([error, content, finishes]).toEqual(['', 'abc', ['stop']]);
});

it('pitfall 26: the connection that breaks after the finish was not needed any more', async () => {
  const { error, finishes } = await read(async () => {
    await say(chunk({ content: 'Hi' }) + finish('stop'));
    body.fail(new Error('socket hang up'));
  });
  expect([error, finishes]).toEqual(['', ['stop']]);
});

it('one that breaks before it was', async () => {
  const { error } = await read(async () => {
    await say(chunk({ content: 'Hi' }));
    body.fail(new Error('socket hang up'));
  });
  expect(error).toBe('socket hang up');
});

it('a client that leaves after the finish has left all the same', async () => {
  const { error, finishes } = await read(async () => {
    await say(chunk({ content: 'Hi' }) + finish('stop'));
    body.fail(new OrcestatorError('client_gone', 'The client has left.'));
  });
  expect([error, finishes]).toEqual(['The client has left.', []]);
});

it.each([
  ['stalls', '{"id":"gen-1",', 0, 'The upstream sent nothing for 10 s (OR_BYTE_IDLE_TIMEOUT).'],
  ['is only padded', ' \n', 3, 'The upstream sent no content for 20 s (OR_CONTENT_IDLE_TIMEOUT).'],
])('pitfall 28: a JSON body that %s is given up too', async (_name, piece, repeats, expected) => {
  const { error } = await read(async () => {
    await say(piece);
    for (let at = 0; at < repeats; at += 1) await say(piece, 6_000);
    await say('', 10_000);
  }, 'application/json');
  expect(error).toBe(expected);
});
