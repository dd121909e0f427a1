/** The stream contract for a server that was registered without a worker: the simulator, as if it were somebody's vLLM. */
import { request, type RequestListener } from 'node:http';
import { startApp } from '@orcestator/service-kit/testing';
import type { Listening } from '@orcestator/service-kit';
import { InProcessStack } from '../stack/in-process-stack';
import { midStreamCases, refusedCases } from './broken.cases';
import { nameOf, type BrokenCase } from './cases';
import { holdBreak, holdRefusal, holdSoundStream } from './hold-to-contract';
import { reasoningCases, textCases, toolCases } from './sound.cases';

jest.setTimeout(30_000);

let stack: InProcessStack;
let server: Listening;

/** The simulator wants a key, which a server without a worker does not get: this stands between and gives it one. */
function withKey(upstream: URL): RequestListener {
  return (incoming, outgoing) => {
    const { method, url = '' } = incoming;
    const headers = { ...incoming.headers, host: upstream.host, authorization: 'Bearer sk-or-v1-any' };
    const path = upstream.pathname.replace(/\/v1$/, '') + url;
    const call = request(
      { host: upstream.hostname, port: upstream.port, method, path, headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers).flushHeaders();
        answer.on('error', () => outgoing.destroy()).pipe(outgoing);
      },
    );
    call.on('error', () => outgoing.destroy());
    outgoing.on('close', () => call.destroy());
    incoming.pipe(call);
  };
}

beforeAll(async () => {
  stack = await InProcessStack.start();
  await stack.worker.stop();
  server = await startApp(withKey(new URL(stack.simulator.url)));
  const registration = {
    worker_name: server.url,
    check_heart_beat: false,
    worker_status: { model_names: ['any'], model_patterns: ['*/*'], protocols: ['openai'] },
  };
  const body = JSON.stringify(registration);
  await fetch(`${stack.controller.url}/register_worker`, { method: 'POST', body });
});
afterAll(async () => {
  await server.close();
  stack.worker = { ...stack.worker, stop: () => Promise.resolve() };
  await stack.stop();
});

describe.each([...textCases, ...toolCases, ...reasoningCases])('sim/$scenario, $holds', (expected) => {
  it('streamed', () => holdSoundStream(stack, expected));
});

/** Where the words are not those of a worker: no key of ours is meant, and the server itself broke off. */
const broke = { kind: 'worker_unreachable', says: 'broke off' } as const;
const otherwise: Readonly<Record<string, Partial<BrokenCase>>> = {
  'err-403-key': { kind: 'upstream_key_rejected', says: 'wants a key' },
  'fin-mid-stream': broke,
  'html-200': { says: 'text/html' },
  'reset-after-headers': broke,
  'reset-before-headers': { kind: 'no_worker', says: 'No worker serves' },
  'reset-mid-event': broke,
};
const asDirect = (given: BrokenCase): BrokenCase => ({ ...given, ...otherwise[nameOf(given.scenario)] });

describe.each(midStreamCases.map(asDirect))('sim/$scenario, $holds', (expected) => {
  it('streamed', () => holdBreak(stack, expected));
});

describe.each(refusedCases.map(asDirect))('sim/$scenario, $holds', (expected) => {
  it('refused', () => holdRefusal(stack, expected, { stream: true }));
});
