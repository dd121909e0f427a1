/** However the bytes of an answer are cut and framed, the client sees the same. */
import { InProcessStack } from '../stack/in-process-stack';
import { midStreamCases } from './broken.cases';
import { nameOf } from './cases';
import { holdBreak, holdSoundBody, holdSoundStream } from './hold-to-contract';
import { reasoningCases, textCases, toolCases } from './sound.cases';

/** Some of these answers are large, and the machine may be busy. */
jest.setTimeout(30_000);

let stack: InProcessStack;
beforeAll(async () => {
  stack = await InProcessStack.start({ env: { OR_MAX_RETRIES: '0' } });
});
afterAll(() => stack.stop());

/** Too large to be sent in small pieces. */
const large = ['big-event', 'comment-flood', 'tools-big-args', 'tools-big-parallel'];
const modifiers = ['crlf', 'no-space-data', 'merge-all', 'chop:1', 'chop:7', 'crlf+chop:1'];
const named = [
  'usage-a',
  'usage-b',
  'utf8',
  'model-dated',
  'two-finishes',
  'usage-before-finish',
  'ns-pad',
  'sse-in-text',
];
const texts = textCases.filter(({ scenario }) => named.includes(nameOf(scenario)));
const sound = [...texts, ...toolCases, ...reasoningCases].filter(({ scenario }) => !large.includes(scenario));

describe.each(modifiers)('pitfalls 20 and 21: +%s', (modifier) => {
  it.each(sound.map((expected) => expected.scenario))('sim/%s is the same', async (scenario) => {
    const expected = sound.find((one) => one.scenario === scenario) ?? { scenario, holds: '' };
    await holdSoundStream(stack, { ...expected, scenario: `${scenario}+${modifier}` });
  });

  it.each(midStreamCases.map(({ scenario }) => scenario))('sim/%s breaks the same', async (scenario) => {
    const expected = midStreamCases.find((one) => one.scenario === scenario);
    // Of a connection that is reset, nothing of what was held back is sent.
    if (!expected || (modifier === 'merge-all' && expected.says.includes('connection'))) return;
    await holdBreak(stack, { ...expected, scenario: `${scenario}+${modifier}` });
  });
});

it.each(['emoji-args+chop:1', 'reasoning-anthropic+crlf', 'tools-parallel-10+chop:3'])(
  'pitfall 20: sim/%s in one body',
  async (scenario) => {
    const expected = sound.find((one) => one.scenario === nameOf(scenario));
    await holdSoundBody(stack, { ...expected, holds: '', scenario });
  },
);

it.each(['big-event+merge-all', 'tools-big-args+chop:997', 'comment-flood+crlf', 'big-event+chop:65521'])(
  'pitfall 21: sim/%s is the same',
  async (scenario) => {
    const expected = [...textCases, ...toolCases].find((one) => one.scenario === nameOf(scenario));
    await holdSoundStream(stack, { ...expected, holds: '', scenario });
  },
);
