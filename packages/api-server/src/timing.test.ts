/** What the API server says and counts of the workers behind it: ours, foreign ones, failing ones. */
import type { ServerResponse } from 'node:http';
import { UPSTREAM_MODEL_HEADER } from '@orcestator/protocol';
import { createManualClock, createTestKit } from '@orcestator/service-kit/testing';
import { chatBody, postChat, Stage, type FakeController } from './testing/fakes';

const stage = new Stage();
const clock = createManualClock();
let controller: FakeController;
beforeEach(async () => {
  controller = await stage.controller();
  stage.kit = createTestKit({ clock });
});
afterEach(() => stage.close());

const CHUNK =
  'data: {"id":"x","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';

/** A worker that takes 100 ms to the head of its answer. */
async function worker(answer: (response: ServerResponse) => void): Promise<string> {
  const { url } = await stage.worker((request, response) => {
    request.resume();
    void clock.advance(100).then(() => answer(response));
  });
  return url;
}

const sound =
  (headers: Record<string, string> = {}) =>
  (response: ServerResponse) =>
    void response.writeHead(200, { 'content-type': 'text/event-stream', ...headers }).end(CHUNK);

async function timingOf(...workers: string[]): Promise<string | null> {
  controller.workers.set('orcestator', workers);
  const { url } = await stage.apiServer(controller.url);
  const answer = await postChat(url, chatBody());
  await answer.text();
  return answer.headers.get('server-timing');
}

it("our worker's own word is passed on, the way to it is the gateway's", async () => {
  const told = {
    [UPSTREAM_MODEL_HEADER]: 'a/b',
    'server-timing': 'worker;dur=2.0, queue;dur=1.0, upstream;dur=90.0',
  };
  expect(await timingOf(await worker(sound(told)))).toBe(
    'gateway;dur=7.0, dispatch;dur=0.0, worker;dur=2.0, queue;dur=1.0, upstream;dur=90.0',
  );
});

it.each<Record<string, string>>([{}, { 'server-timing': 'total;dur=5, upstream;dur=3' }])(
  'a foreign worker is the model: its whole time is the upstream time, whatever it says: %j',
  async (headers) => {
    const timing = await timingOf(await worker(sound(headers)));
    expect(timing).toBe('gateway;dur=0.0, dispatch;dur=0.0, upstream;dur=100.0');
  },
);

it('workers that did not take the request are told apart', async () => {
  const failing = await worker((response) => void response.destroy());
  expect(await timingOf(failing, await worker(sound()))).toBe(
    'gateway;dur=0.0, dispatch;dur=0.0, failover;dur=100.0, upstream;dur=100.0',
  );
});

it('an answer that a worker breaks off is counted, a whole one is not', async () => {
  const half = await worker((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'x-orcestator-upstream-model': 'm' });
    response.write('data: {"id":"x","choices":[]}\n\n', () => response.destroy());
  });
  controller.workers.set('half', [half]).set('whole', [await worker(sound())]);
  const { url } = await stage.apiServer(controller.url);
  const page = async () => (await fetch(`${url}/metrics`)).text();
  await (await postChat(url, chatBody({ model: 'whole' }))).text();
  expect(await page()).toContain('orcestator_api_server_broken_answers_total 0');
  await (await postChat(url, chatBody({ model: 'half' }))).text();
  expect(await page()).toContain('orcestator_api_server_broken_answers_total 1');
});
