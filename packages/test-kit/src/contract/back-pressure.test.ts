/** A client that stops reading stops the upstream, and costs a bounded piece of memory. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { eventually } from '@orcestator/service-kit/testing';
import { InProcessStack } from '../stack/in-process-stack';
import { openSilentClients, standsStill } from './silent-clients';

jest.setTimeout(240_000);

const CLIENTS = 25;
/** A million chunks of some 240 bytes: far more than the system's own buffers of three connections may take. */
const MODEL = 'sim/text:1000000';
const WHOLE = 200 * 1024 * 1024;
/** Of one stream, in all four services together. */
const MEMORY_PER_STREAM = 4 * 1024 * 1024;

let stack: InProcessStack;
afterEach(() => stack.stop());
const requests = () => stack.simulator.simulator.requests;
const sent = () => requests().reduce((sum, { bytesSent }) => sum + bytesSent, 0);

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
/** What is held, not what is waiting to be collected. */
const memory = () => {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

it('pitfall 30: clients that do not read stop their upstream answers, memory stays bounded', async () => {
  stack = await InProcessStack.start();
  const before = memory();
  const clients = await openSilentClients(stack.api.url, CLIENTS, MODEL);
  const bytes = await standsStill(sent, { limit: 90_000 });
  expect(requests().map(({ outcome }) => outcome)).toEqual(Array.from({ length: CLIENTS }, () => 'running'));
  for (const { bytesSent } of requests()) expect(bytesSent).toBeLessThan(WHOLE / 2);
  expect(memory() - before).toBeLessThan(CLIENTS * MEMORY_PER_STREAM);
  expect(sent()).toBe(bytes);

  clients.answers[0]?.resume();
  await eventually(() => sent() > bytes + 1024 * 1024, 20_000);
  clients.leave();
  await eventually(() => requests().every(({ outcome }) => outcome !== 'running'));
});
