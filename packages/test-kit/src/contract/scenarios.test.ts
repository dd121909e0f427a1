/** Every scenario of the simulator is in the tables, and the sound ones give a whole answer, streaming and not. */
import { scenarioNames } from '@orcestator/openrouter-simulator';
import { InProcessStack } from '../stack/in-process-stack';
import { endlessCases, midStreamCases, refusedCases } from './broken.cases';
import { nameOf } from './cases';
import { ask, askBody, holdSoundBody, holdSoundStream } from './hold-to-contract';
import { readCleanStream } from './clean-stream';
import { reasoningCases, textCases, toolCases } from './sound.cases';

/** Some of these answers are large, and the machine may be busy. */
jest.setTimeout(30_000);

let stack: InProcessStack;
beforeAll(async () => {
  stack = await InProcessStack.start({ env: { OR_MAX_RETRIES: '0' } });
});
afterAll(() => stack.stop());

const soundCases = [...textCases, ...toolCases, ...reasoningCases];

it('every scenario of the simulator is held against the contract', () => {
  const held = [...soundCases, ...refusedCases, ...midStreamCases, ...endlessCases];
  expect(scenarioNames.filter((name) => !held.some(({ scenario }) => nameOf(scenario) === name))).toEqual([]);
});

describe.each(soundCases)('sim/$scenario, $holds', (expected) => {
  it('streamed', () => holdSoundStream(stack, expected));
  it('in one body', () => holdSoundBody(stack, expected));
});

it('pitfall 5: usage stays out of a stream whose client did not ask for it', async () => {
  for (const shape of ['usage-a', 'usage-b', 'usage-c', 'usage-before-finish']) {
    const answer = await ask(stack, shape, { stream: true });
    expect(readCleanStream(answer.bytes).usage).toBeUndefined();
  }
});

it('pitfall 37: the form of the answer is what the client asked for', async () => {
  expect((await ask(stack, 'ok', { stream: true })).contentType).toContain('text/event-stream');
  expect((await ask(stack, 'ok', { stream: false })).contentType).toContain('application/json');
  expect((await ask(stack, 'ok', { stream: null })).contentType).toContain('application/json');
});

it('pitfall 22: the model that answers is in a header, the next of the list too', async () => {
  const fields = { model: 'sim/model-fallback', models: ['openai/gpt-4o'] };
  const answer = await stack.chat(fields);
  expect(answer.headers.get('x-orcestator-upstream-model')).toBe('openai/gpt-4o');
  expect(await answer.json()).toMatchObject({ model: 'orcestator' });
});

it('a text of 20,000 words arrives whole', async () => {
  const { choices } = await askBody(stack, 'text:20000');
  expect(choices[0]?.message.content).toHaveLength(100_000);
  await holdSoundStream(stack, { scenario: 'text:20000', holds: 'length', text: 'word '.repeat(20_000) });
});
