/** Clients that rest in the middle of an answer and then read on: they lose nothing, and nothing gets into an event. */
import { createManualClock, eventually, type ManualClock } from '@orcestator/service-kit/testing';
import { InProcessStack } from '../stack/in-process-stack';
import { readCleanStream } from './clean-stream';
import { openSilentClients, standsStill } from './silent-clients';

jest.setTimeout(60_000);

const WORDS = 60_000;
const MODEL = `sim/text:${WORDS}`;
/** Longer than the upstream may be silent, and than a comment to the client is waited for. */
const REST_MS = 600_000;

let stack: InProcessStack;
let clock: ManualClock;
beforeEach(async () => {
  clock = createManualClock();
  stack = await InProcessStack.start({ clock, env: { OR_MAX_RETRIES: '0' } });
});
afterEach(() => stack.stop());

const requests = () => stack.simulator.simulator.requests;
const sent = () => requests()[0]?.bytesSent ?? 0;

/** What a client reads that stops at the head, rests, and reads on. */
async function readAfterRest(): Promise<Buffer> {
  const clients = await openSilentClients(stack.api.url, 1, MODEL);
  await standsStill(sent);
  expect(requests()[0]?.outcome).toBe('running');
  await clock.advance(REST_MS);
  const pieces: Buffer[] = [];
  const [answer] = clients.answers;
  answer?.on('data', (piece: Buffer) => pieces.push(piece));
  await eventually(() => answer?.readableEnded === true, 30_000);
  clients.leave();
  return Buffer.concat(pieces);
}

it('a client that rests longer than the upstream may gets the whole answer all the same', async () => {
  expect(readCleanStream(await readAfterRest())).toMatchObject({ finish: 'stop', error: undefined });
  expect(requests()[0]?.outcome).toBe('completed');
});

it('pitfall 27: the comment of a long silence does not get into an event that is half sent', async () => {
  expect(readCleanStream(await readAfterRest()).text).toHaveLength(WORDS * 'word '.length);
});
