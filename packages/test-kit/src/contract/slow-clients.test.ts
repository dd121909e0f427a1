/** Clients that rest in the middle of an answer and then read on: they lose nothing, and nothing gets into an event. */
import { apiServerDefinition } from '@orcestator/api-server';
import { loadConfig, type Listening } from '@orcestator/service-kit';
import {
  createManualClock,
  createTestKit,
  eventually,
  startApp,
  type ManualClock,
} from '@orcestator/service-kit/testing';
import { InProcessStack } from '../stack/in-process-stack';
import { readCleanStream } from './clean-stream';
import { openSilentClients, standsStill } from './silent-clients';

jest.setTimeout(60_000);

const WORDS = 60_000;
const MODEL = `sim/text:${WORDS}`;

let stack: InProcessStack;
let api: Listening | undefined;
afterEach(async () => {
  await api?.close();
  api = undefined;
  await stack.stop();
});

const requests = () => stack.simulator.simulator.requests;
const sent = () => requests()[0]?.bytesSent ?? 0;

/** Another API server before the same controller, whose time moves when the test says so. */
async function startApi(clock: ManualClock): Promise<Listening> {
  const { description, table, check } = apiServerDefinition;
  const env = { OR_CONTROLLER_URL: stack.controller.url };
  const loaded = loadConfig(description, table, { argv: [], env, dotEnv: {} }, check);
  if (!loaded.ok) throw new Error(loaded.output);
  return startApp(apiServerDefinition.create(loaded.config, createTestKit({ clock })).listener);
}

async function readWhole(url: string, whileResting: () => Promise<void>): Promise<Buffer> {
  const clients = await openSilentClients(url, 1, MODEL);
  await standsStill(sent);
  expect(requests()[0]?.outcome).toBe('running');
  await whileResting();
  const pieces: Buffer[] = [];
  const [answer] = clients.answers;
  answer?.on('data', (piece: Buffer) => pieces.push(piece));
  await eventually(() => answer?.readableEnded === true, 30_000);
  clients.leave();
  return Buffer.concat(pieces);
}

it('a client that rests longer than the upstream may gets the whole answer all the same', async () => {
  stack = await InProcessStack.start({
    env: { OR_BYTE_IDLE_TIMEOUT: '0.2', OR_CONTENT_IDLE_TIMEOUT: '0.2', OR_MAX_RETRIES: '0' },
  });
  const bytes = await readWhole(stack.api.url, () => Promise.resolve());
  expect(readCleanStream(bytes)).toMatchObject({ finish: 'stop', error: undefined });
  expect(requests()[0]?.outcome).toBe('completed');
});

it('pitfall 27: the comment of a long silence does not get into an event that is half sent', async () => {
  stack = await InProcessStack.start();
  const clock = createManualClock();
  api = await startApi(clock);
  const bytes = await readWhole(api.url, () => clock.advance(60_000));
  expect(readCleanStream(bytes).text).toHaveLength(WORDS * 'word '.length);
});
