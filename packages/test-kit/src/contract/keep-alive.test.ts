/** A client whose model is silent is told that the connection lives, from the head to the next word. */
import { createManualClock, eventually, type ManualClock } from '@orcestator/service-kit/testing';
import { InProcessStack } from '../stack/in-process-stack';

const PING = ': ping\n';

let stack: InProcessStack;
let clock: ManualClock;
beforeEach(async () => {
  clock = createManualClock();
  stack = await InProcessStack.start({ clock, env: { OR_MAX_RETRIES: '0' } });
});
afterEach(() => stack.stop());

/** Asks for a stream and keeps what comes of it. */
function listen(model: string): { text: () => string; leave: () => void } {
  const abort = new AbortController();
  let text = '';
  const read = async (): Promise<void> => {
    const { body } = await stack.chat({ model, stream: true }, { signal: abort.signal });
    for await (const piece of body ?? []) text += Buffer.from(piece).toString('utf8');
  };
  read().catch(() => undefined);
  return { text: () => text, leave: () => abort.abort() };
}

const asked = () => eventually(() => stack.simulator.simulator.requests.length === 1);

it('pitfall 29: every 10 s before the first word', async () => {
  const client = listen('sim/slow-first-token:3600');
  await asked();
  for (let turn = 1; turn <= 4; turn += 1) {
    await clock.advance(10_000);
    await eventually(() => client.text() === PING.repeat(turn));
  }
  client.leave();
});

it('pitfall 29: every 10 s after it, between events only', async () => {
  const client = listen('sim/stall-silent');
  await eventually(() => client.text().includes('data: '));
  const said = client.text();
  for (let turn = 1; turn <= 4; turn += 1) {
    await clock.advance(10_000);
    await eventually(() => client.text() === said + PING.repeat(turn));
  }
  client.leave();
});
