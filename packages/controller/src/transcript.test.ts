/** Replays what was recorded from FastChat's own controller. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRecord, isStringArray } from '@orcestator/protocol';
import { startController, type Answer, type TestController } from './testing/start-controller';
import { answerJson, startStubWorker, type StubWorker } from './testing/start-stub-worker';

interface RecordedCall {
  note: string | null;
  method: string;
  path: string;
  body: unknown;
  status: number;
  json?: unknown;
  text?: string;
}

const RECORDED_STUB = 'http://127.0.0.1:31012';
const UNREACHABLE = 'http://127.0.0.1:9';

let worker: StubWorker;
let controller: TestController;

beforeAll(async () => {
  worker = await startStubWorker({
    '/worker_get_status': answerJson({ model_names: ['stub-b'], speed: 2, queue_length: 1 }),
    '/worker_generate_stream': (response) => response.end('{"text": "hi", "error_code": 0}\0'),
  });
  controller = await startController();
});

afterAll(async () => {
  await controller.close();
  await worker.close();
});

function send({ method, path, body }: RecordedCall): Promise<Answer> {
  if (method === 'GET') return controller.get(path);
  if (body === null) return controller.post(path);
  if (isRecord(body) && typeof body.raw === 'string') return controller.post(path, body.raw);
  return controller.post(path, JSON.stringify(body).replaceAll(RECORDED_STUB, worker.url));
}

/** Lists of models compare as sets. */
function sorted(json: unknown): unknown {
  return isRecord(json) && isStringArray(json.models) ? { ...json, models: [...json.models].sort() } : json;
}

const transcript = JSON.parse(
  readFileSync(join(__dirname, '__fixtures__/controller_transcript.json'), 'utf8'),
) as {
  calls: RecordedCall[];
};
const calls = transcript.calls.map((call, index) => ({ ...call, index }));

test('the recording is complete', () => {
  expect(calls).toHaveLength(32);
});

// One controller for all: each answer depends on the calls before it.
test.each(calls)('$index: $method $path ($note)', async (call) => {
  const answer = await send(call);
  if (call.status === 500) {
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ object: 'error', message: expect.stringMatching(/./) });
  } else if (JSON.stringify(call.body).includes(UNREACHABLE)) {
    expect(answer.status).toBe(502);
    expect(answer.json).toMatchObject({ message: expect.stringContaining(UNREACHABLE) });
  } else {
    expect(answer.status).toBe(call.status);
    if (call.text !== undefined) expect(answer.text).toBe(call.text);
    else if (isRecord(call.json)) expect(sorted(answer.json)).toMatchObject(sorted(call.json) as object);
    else expect(answer.json).toBe(call.json);
  }
});
