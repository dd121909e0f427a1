/** Answers that break off in the middle are told to the client, counted, and held against whoever broke them off. */
import type { ServerResponse } from 'node:http';
import { UPSTREAM_MODEL_HEADER } from '@orcestator/protocol';
import { eventually } from '@orcestator/service-kit/testing';
import { chatBody, postChat, Stage } from './testing/fakes';
import { FastChatWorker, frame } from './testing/fastchat-worker';

const stage = new Stage();
afterEach(() => stage.close());

const STREAM = { 'content-type': 'text/event-stream' };
const CHUNK = 'data: {"id":"x","choices":[{"index":0,"delta":{"content":"Hel"},"finish_reason":null}]}\n\n';
const TEXT_CHUNK = 'data: {"id":"x","choices":[{"index":0,"text":"Hel","finish_reason":null}]}\n\n';
const ERROR = 'data: {"error":{"message":"The upstream died.","code":"upstream_error"}}\n\ndata: [DONE]\n\n';

interface Worker {
  readonly url: string;
  asked: number;
}

/** A worker of OpenAI's protocol that answers so. */
async function openAi(answer: (response: ServerResponse) => void): Promise<Worker> {
  const state = { url: '', asked: 0 };
  const { url } = await stage.worker((request, response) => {
    request.resume();
    state.asked += 1;
    answer(response);
  });
  return Object.assign(state, { url });
}

const cutAfter = (headers: Record<string, string>, text: string) => (response: ServerResponse) =>
  void response.writeHead(200, headers).write(text, () => response.destroy());

async function fastChat(): Promise<Worker> {
  const worker = new FastChatWorker();
  const state = { url: '', asked: 0 };
  worker.answers['/worker_generate_stream'] = (response) => {
    state.asked += 1;
    response.write(frame('Hel'), () => response.destroy());
  };
  return Object.assign(state, { url: (await stage.app(worker.listener)).url });
}

const DIED = `${CHUNK}data: {"error":{"message":"CUDA died"}}\n\n`;
const TOO_LONG = `${CHUNK}data: {"error":{"message":"maximum context length is 4096","code":400}}\n\n`;
const whole = (headers: Record<string, string>, text: string) => (response: ServerResponse) =>
  void response.writeHead(200, headers).end(text);
const OURS = { ...STREAM, [UPSTREAM_MODEL_HEADER]: 'a/b' };

it.each<[string, 'openai' | 'fastchat', string, () => Promise<Worker>]>([
  ['our worker, cut', 'openai', 'chat/completions', () => openAi(cutAfter(OURS, CHUNK))],
  ['a server without one, cut', 'openai', 'chat/completions', () => openAi(cutAfter(STREAM, CHUNK))],
  [
    'such a server, cut in its completions',
    'openai',
    'completions',
    () => openAi(cutAfter(STREAM, TEXT_CHUNK)),
  ],
  [
    'such a server, with an error of its own',
    'openai',
    'chat/completions',
    () => openAi(whole(STREAM, DIED)),
  ],
  ["FastChat's worker, cut", 'fastchat', 'chat/completions', fastChat],
])('%s: three in a row and it is left alone', async (_name, protocol, path, start) => {
  const controller = await stage.controller();
  controller.protocols = [protocol];
  const broken = await start();
  controller.workers.set('orcestator', [broken.url]);
  const { url } = await stage.apiServer(controller.url);
  const ask = (): Promise<Response> =>
    fetch(`${url}/v1/${path}`, { method: 'POST', body: chatBody({ prompt: 'hi' }) });
  for (let at = 0; at < 3; at += 1) expect(await (await ask()).text()).toMatch(/"error":\{.*\[DONE\]\n\n$/s);
  expect(await (await fetch(`${url}/metrics`)).text()).toContain('broken_answers_total 3');
  await (await ask()).text();
  // The controller is asked without it first.
  await eventually(() => controller.asked.some(({ exclude }) => exclude?.includes(broken.url)));
});

it.each([
  ['the upstream broke off', () => openAi(whole(OURS, CHUNK + ERROR))],
  ['the request was wrong', () => openAi(whole(STREAM, TOO_LONG))],
])('an error inside a stream that says %s is no fault of the worker', async (_name, start) => {
  const controller = await stage.controller();
  const worker = await start();
  controller.workers.set('orcestator', [worker.url]);
  const { url } = await stage.apiServer(controller.url);
  for (let at = 0; at < 4; at += 1)
    expect(await (await postChat(url, chatBody())).text()).toContain('"error":{');
  expect(await (await fetch(`${url}/metrics`)).text()).toContain('broken_answers_total 0');
  expect(controller.asked.every(({ exclude }) => exclude === undefined)).toBe(true);
});
