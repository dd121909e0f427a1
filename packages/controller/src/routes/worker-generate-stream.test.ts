/** The relay of FastChat's frames, between real connections. */
import type { ServerResponse } from 'node:http';
import { createManualClock, eventually } from '@orcestator/service-kit/testing';
import { postStream } from '../testing/read-stream';
import { startController, type TestController } from '../testing/start-controller';
import { startStubWorker, type StubHandler, type StubWorker } from '../testing/start-stub-worker';

const PATH = '/worker_generate_stream';
const BODY = '{"model":"m",  "prompt":"привет"}';

let clock: ReturnType<typeof createManualClock>;
let stop: AbortController;
let controller: TestController;
let worker: StubWorker;
let handle: StubHandler;
/** The worker's side of the last call. */
let toController: ServerResponse;

beforeEach(async () => {
  clock = createManualClock();
  stop = new AbortController();
  controller = await startController({}, { clock, stopSignal: stop.signal });
  handle = (response) => response.write('{"text":"a"}\0');
  worker = await startStubWorker({
    [PATH]: (response, call) => {
      toController = response;
      handle(response, call);
    },
  });
  const worker_status = { model_names: ['m'], speed: 1, queue_length: 0 };
  await controller.post('/register_worker', { worker_name: worker.url, worker_status });
});

afterEach(async () => {
  await worker.close();
  await controller.close();
});

const frame = (text: RegExp, error_code: number) => ({ text: expect.stringMatching(text), error_code });

/** The frames of a whole answer. */
function framesOf(text: string): unknown[] {
  expect(text.endsWith('\0')).toBe(true);
  return text
    .split('\0')
    .slice(0, -1)
    .map((part) => JSON.parse(part) as unknown);
}

describe('/worker_generate_stream', () => {
  it('relays each frame as it comes and the body byte for byte', async () => {
    const stream = await postStream(controller.url + PATH, BODY, { 'x-request-id': 'id-1' });
    await stream.arrives('{"text":"a"}\0');
    toController.write('{"text":"ab"}\0');
    await stream.arrives('{"text":"a"}\0{"text":"ab"}\0');
    toController.end();
    expect(await stream.ended()).toBe('end');
    expect(worker.calls[0]).toMatchObject({ body: BODY, headers: { 'x-request-id': 'id-1' } });
  });

  it('closes the connection to the worker when the client leaves', async () => {
    const stream = await postStream(controller.url + PATH, BODY);
    await stream.arrives('{"text":"a"}\0');
    expect(toController.destroyed).toBe(false);
    stream.leave();
    await eventually(() => toController.destroyed);
  });

  it('closes the connection to the worker when the client leaves before the first frame', async () => {
    handle = () => undefined;
    const stream = await postStream(controller.url + PATH, BODY);
    await eventually(() => worker.calls.length === 1);
    stream.leave();
    await eventually(() => toController.destroyed);
  });

  it('stops reading from the worker when the client stops reading', async () => {
    const piece = `${'x'.repeat(65_535)}\0`;
    const offered = 200_000_000;
    let written = 0;
    handle = (response) => {
      const fill = (): void => {
        while (written < offered && !response.destroyed) {
          written += piece.length;
          if (!response.write(piece)) return;
        }
      };
      response.on('drain', fill);
      fill();
    };
    const stream = await postStream(controller.url + PATH, BODY);
    stream.pause();
    // Still for 20 looks: the buffers in between are full.
    let before = -1;
    let looks = 0;
    await eventually(() => {
      looks = before === written ? looks + 1 : 0;
      before = written;
      return looks === 20;
    });
    expect(written).toBeLessThan(offered / 4);
    // However long the client takes, that is not the worker's silence.
    await clock.advance(300_000);
    expect(toController.destroyed).toBe(false);
    stream.resume();
    await eventually(() => written > before);
    stream.leave();
  });

  it('answers exactly one frame where nobody serves the model', async () => {
    const answer = await controller.post(PATH, { model: 'unknown' });
    expect(answer.status).toBe(200);
    expect(framesOf(answer.text)).toEqual([frame(/No worker serves "unknown"/, 50005)]);
  });

  it('answers exactly one frame where the worker is gone', async () => {
    await worker.close();
    const answer = await controller.post(PATH, BODY);
    expect(framesOf(answer.text)).toEqual([frame(/^The worker /, 50006)]);
    expect(answer.text).not.toContain('127.0.0.1');
  });

  it('answers exactly one frame where the worker refuses', async () => {
    handle = (response) => response.writeHead(404).end('{"detail":"Not Found"}');
    const answer = await controller.post(PATH, BODY);
    expect(framesOf(answer.text)).toEqual([frame(/answered 404/, 50006)]);
  });

  it('drops a half frame and tells the error where the worker dies in the middle', async () => {
    handle = (response) => response.write('{"text":"a"}\0{"text":"ab');
    const stream = await postStream(controller.url + PATH, BODY);
    await stream.arrives('{"text":"a"}\0');
    toController.destroy();
    expect(await stream.ended()).toBe('end');
    expect(framesOf(stream.text())).toEqual([{ text: 'a' }, frame(/broke the connection off/, 50006)]);
  });

  it('tells the error where the worker falls silent', async () => {
    const stream = await postStream(controller.url + PATH, BODY);
    await stream.arrives('{"text":"a"}\0');
    await clock.advance(99_000);
    expect(toController.destroyed).toBe(false);
    await clock.advance(101_000);
    expect(await stream.ended()).toBe('end');
    expect(framesOf(stream.text())).toEqual([{ text: 'a' }, frame(/sent nothing for 100 s/, 50006)]);
    await eventually(() => toController.destroyed);
  });

  it('ends when the service has no more time', async () => {
    const stream = await postStream(controller.url + PATH, BODY);
    await stream.arrives('{"text":"a"}\0');
    stop.abort();
    expect(await stream.ended()).toBe('end');
    expect(framesOf(stream.text()).at(-1)).toEqual(frame(/shutting down/, 50006));
  });

  it.each([
    ['no body', undefined, /not valid JSON/],
    ['no JSON', '{', /not valid JSON/],
    ['no object', '[]', /must be a JSON object/],
    ['no model', '{}', /model is missing/],
  ])('answers 400 to %s', async (_name, body, message) => {
    const answer = await controller.post(PATH, body);
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ message: expect.stringMatching(message) });
  });
});
