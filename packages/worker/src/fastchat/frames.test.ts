/** How frames go out: how often, how whole, how long, and what ends them. */
import { createManualClock, eventually } from '@orcestator/service-kit/testing';
import { chunk, COMMENT, DONE, finish } from '@orcestator/stream-normaliser/testing';
import { eventStream, WorkerStage } from '../testing/worker-stage';
import { FrameText } from './frame-text';
import { framesOf } from './testing';

let stage: WorkerStage;
beforeEach(() => {
  stage = new WorkerStage();
});
afterEach(() => stage.close());

const generate = (init: RequestInit = {}): Promise<Response> =>
  stage.post('/worker_generate_stream', { model: 'orcestator', prompt: 'x' }, init);

it('a long answer does not cost the square of its length', async () => {
  const word = 'some words ';
  const count = 10_000;
  stage.script = (response) => {
    eventStream(response);
    for (let sent = 0; sent < count; sent += 1) response.write(chunk({ content: word }));
    response.end(finish('stop') + DONE);
  };
  await stage.start();
  const text = await (await generate()).text();
  const frames = framesOf(text);
  expect(frames.at(-1)?.text).toBe(word.repeat(count));
  frames.reduce((before, { text: after }) => {
    expect(after.startsWith(before)).toBe(true);
    return after;
  }, '');
  // A frame for each chunk would be 550 MB.
  expect(text.length).toBeLessThan(120 * 1024 * 1024);
});

it('text that follows a frame too closely waits 40 ms, not for the next text', async () => {
  const clock = createManualClock();
  let say: (text: string) => void = () => undefined;
  stage.script = (response) => {
    eventStream(response).write(chunk({ content: 'a'.repeat(1_000) }));
    say = (content) => void response.write(chunk({ content }));
  };
  await stage.start({}, { clock });
  const reader = (await generate()).body?.getReader();
  const read = async (): Promise<number | undefined> =>
    framesOf(Buffer.from((await reader?.read())?.value ?? []).toString()).at(-1)?.text.length;
  expect(await read()).toBe(1_000);
  say('b');
  const next = read();
  await eventually(() => clock.pending() > 0);
  let isHere = false;
  void next.then(() => (isHere = true));
  await clock.advance(39);
  expect(isHere).toBe(false);
  await eventually(async () => {
    await clock.advance(40);
    return isHere;
  });
  expect(await next).toBe(1_001);
  await reader?.cancel();
});

it('a silent model is filled with empty frames, for FastChat gives up after 100 s', async () => {
  const clock = createManualClock();
  const ends: (() => void)[] = [];
  stage.script = (response) => {
    eventStream(response).write(COMMENT);
    ends.push(() => void response.end(chunk({ content: 'At last' }) + finish('stop') + DONE));
  };
  await stage.start({}, { clock });
  const [stream, once] = [generate(), stage.post('/worker_generate', { prompt: 'x' })];
  await eventually(() => ends.length === 2);
  await clock.advance(20_000);
  const [frames, body] = [(await stream).text(), (await once).text()];
  ends.forEach((one) => one());
  expect(await frames).toMatch(/^\0\0\{.*At last.*\}\0$/s);
  expect(await body).toMatch(/^ {2}\{"text":"At last"/);
});

it('no character is cut in two', () => {
  const text = new FrameText();
  text.add('a\ud83d');
  expect(text.escaped).toBe('a');
  text.add('\ude00"');
  expect(JSON.parse(`"${text.escaped}"`)).toBe('a😀"');
  text.add('\ude00b\ud83d');
  text.end();
  expect(JSON.parse(`"${text.escaped}"`)).toBe('a😀"\ufffdb\ufffd');
});

it.each(['/worker_generate_stream', '/worker_generate', '/worker_get_embeddings'])(
  'FastChat leaving closes the upstream, and is recorded: %s',
  async (path) => {
    stage.script = () => undefined;
    await stage.start();
    const abort = new AbortController();
    const answer = stage.post(path, { prompt: 'x', input: 'x' }, { signal: abort.signal });
    await eventually(() => stage.upstream.length === 1);
    abort.abort();
    const left = performance.now();
    await answer.catch(() => undefined);
    await eventually(() => stage.upstream[0]?.isAborted === true);
    // Some 10 ms on a quiet machine, where 100 are promised; tests run beside others.
    expect(performance.now() - left).toBeLessThan(1_000);
    await eventually(() => stage.rows().length === 1);
    expect(stage.rows()[0]?.[2]).toContain('[cancelled]');
  },
);

it('a reader that stops reading stops the upstream', async () => {
  let written = 0;
  let isOpen = true;
  stage.script = (response) => {
    eventStream(response).on('close', () => (isOpen = false));
    const write = (): void => {
      while (isOpen && response.write(chunk({ content: 'x'.repeat(1_000) }))) written += 1_000;
      if (isOpen) response.once('drain', write);
    };
    write();
  };
  await stage.start();
  const answer = await generate();
  let before = -1;
  let still = 0;
  await eventually(async () => {
    still = before === written ? still + 1 : 0;
    before = written;
    await new Promise((resolve) => setTimeout(resolve, 50));
    return still >= 10;
  }, 20_000);
  expect(written).toBeLessThan(20_000_000);
  await answer.body?.cancel();
  await eventually(() => !isOpen);
});

it('an overloaded worker says so in a frame', async () => {
  stage.script = () => undefined;
  await stage.start({ OR_LIMIT_WORKER_CONCURRENCY: '1', OR_LIMIT_WORKER_QUEUE: '0' });
  const abort = new AbortController();
  const first = generate({ signal: abort.signal });
  await eventually(() => stage.upstream.length === 1);
  expect(framesOf(await (await generate()).text())).toMatchObject([{ error_code: 42903 }]);
  abort.abort();
  await first.catch(() => undefined);
});
