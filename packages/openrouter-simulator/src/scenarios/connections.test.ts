/** Connections that break and answers that never end (pitfalls 4, 18, 26, 29). */
import { Agent } from 'node:http';
import { parseJson } from '@orcestator/protocol';
import { createManualClock, eventually } from '@orcestator/service-kit/testing';
import { startSimulator } from '../start-simulator';
import { ask, chunksOf, contentOf, eventsOf, immediately, useSimulator } from '../testing/client';

const stage = useSimulator();
const last = () => stage.running.simulator.requests.at(-1);

describe.each([true, false])('broken, stream %s', (stream) => {
  const asked = (name: string) => ask(stage.running, `sim/${name}`, { fields: { stream } });

  it('reset-before-headers: nothing but the reset (pitfall 18)', async () => {
    expect(await asked('reset-before-headers')).toMatchObject({ status: 0, ending: 'ECONNRESET' });
    expect(last()?.outcome).toBe('reset');
  });

  it('reset-after-headers: a head, no body', async () => {
    expect(await asked('reset-after-headers')).toMatchObject({ status: 200, text: '', ending: 'ECONNRESET' });
  });

  it.each(['reset-mid-event', 'fin-mid-stream'])('%s: cut on the way', async (name) => {
    const seen = await asked(name);
    expect([seen.status, seen.ending, seen.text.endsWith('\n\n')]).toEqual([
      200,
      'ECONNRESET',
      stream && name === 'fin-mid-stream',
    ]);
    expect(seen.text).toContain('brown');
    expect(last()?.outcome).toBe('reset');
  });
});

it('reset-mid-event stops inside of an event (pitfall 21)', async () => {
  const { text } = await ask(stage.running, 'sim/reset-mid-event');
  const half = text.split('\n\n').at(-1) ?? '';
  expect(half).toMatch(/^data: \{"id"/);
  expect(parseJson(half.slice(6))).toBeUndefined();
});

it('eof-no-done: finish and usage, no [DONE]', async () => {
  const seen = await ask(stage.running, 'sim/eof-no-done');
  expect(seen.ending).toBe('end');
  expect(chunksOf(seen).at(-1)).toMatchObject({ choices: [{ finish_reason: 'stop' }], usage: {} });
  expect(eventsOf(seen)).not.toContain('[DONE]');
});

it('eof-no-finish: [DONE], no finish (pitfall 42)', async () => {
  const seen = await ask(stage.running, 'sim/eof-no-finish');
  expect(chunksOf(seen).map(({ choices }) => choices?.[0]?.finish_reason)).toEqual([null, null, null]);
  expect(eventsOf(seen).at(-1)).toBe('[DONE]');
});

it.each(['eof-no-done', 'eof-no-finish'])('%s without a stream is half a body', async (name) => {
  const { text, ending } = await ask(stage.running, `sim/${name}`, { fields: { stream: false } });
  expect(ending).toBe('end');
  expect(parseJson(text)).toBeUndefined();
});

it('close-keepalive-idle closes the connection that it let be kept (pitfall 18)', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const seen = await ask(stage.running, 'sim/close-keepalive-idle', { agent });
  expect([seen.headers.connection, seen.ending, contentOf(seen)]).toEqual([
    'keep-alive',
    'end',
    expect.stringContaining('lazy dog'),
  ]);
  const kept = () => Object.keys({ ...agent.sockets, ...agent.freeSockets }).length;
  await eventually(() => kept() === 0);
  await ask(stage.running, 'sim/usage-none', { agent });
  expect(kept()).toBe(1);
  agent.destroy();
});

describe('never ending', () => {
  const until = (name: string, words: string, stream = true) =>
    ask(stage.running, `sim/${name}`, { fields: { stream }, leaveWhen: (text) => text.includes(words) });

  it.each([true, false])(
    'comments-forever, stream %s: bytes and no answer (pitfalls 4, 28)',
    async (stream) => {
      const filling = stream ? ': OPENROUTER PROCESSING\n\n' : ' \n';
      const { text, ending } = await until('comments-forever', filling.repeat(3), stream);
      expect([text, ending]).toEqual([filling.repeat(3), 'LEFT']);
      await eventually(() => last()?.outcome === 'cancelled');
    },
  );

  it('stall-after:<n>: tokens, then comments for ever', async () => {
    const seen = await until('stall-after:2', ': OPENROUTER PROCESSING\n\n'.repeat(2));
    expect(chunksOf(seen)).toHaveLength(2);
    await eventually(() => last()?.outcome === 'cancelled');
  });

  it('done-linger: everything is said, and the connection stays (pitfall 26)', async () => {
    const seen = await until('done-linger', '[DONE]');
    expect([seen.ending, eventsOf(seen).at(-1)]).toEqual(['LEFT', '[DONE]']);
    await eventually(() => last()?.abortedAt !== undefined);
    expect(last()?.outcome).toBe('completed');
  });
});

describe('with a clock of its own', () => {
  it('stall-silent:<n>: tokens, then not a byte', async () => {
    const clock = createManualClock();
    const running = await startSimulator({ ...immediately, clock });
    const answer = ask(running, 'sim/stall-silent:2');
    const request = () => running.simulator.requests[0];
    await eventually(() => clock.pending() === 1);
    const sent = request()?.bytesSent;
    await clock.advance(3_600_000);
    expect([request()?.bytesSent, request()?.outcome, request()?.eventTimes.length]).toEqual([
      sent,
      'running',
      2,
    ]);
    await running.close();
    expect((await answer).ending).toBe('ECONNRESET');
  });

  it.each([true, false])('slow-first-token:<s>, stream %s', async (stream) => {
    const clock = createManualClock();
    const running = await startSimulator({ ...immediately, commentInterval: 750, clock });
    const answer = ask(running, 'sim/slow-first-token:3', { fields: { stream } });
    await eventually(() => clock.pending() === 1);
    await clock.advance(2_999);
    expect(running.simulator.requests[0]?.firstByteAt).toBeUndefined();
    await clock.advance(1);
    const { text } = await answer;
    expect(text.match(/OPENROUTER/g)?.length).toBe(stream ? 4 : undefined);
    expect(text).toContain('lazy');
    await running.close();
  });
});
