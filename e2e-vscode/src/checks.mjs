// What is checked, in order. Each check returns what was seen, or throws an error that says what was seen instead.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from './gateway.mjs';

const MAIN = 'Orcestator';
/** Without it nothing else can be tried. */
export const MODEL_CHECK = 'the model is visible, and selected in Agent mode';
const SLOW = 'sim/stall-after:3000';
const REASONING = 'sim/reasoning-anthropic';
/** Breaks after so many words, a word every 30 ms: time enough for VS Code to draw some. */
const BROKEN = 'sim/mid-m1:100';

/** Errors before the first text: the scenario, and words of its message that the user must be able to read. */
const earlyErrors = {
  'sim/err-400': 'too many images',
  'sim/err-401': 'User not found',
  'sim/err-402': 'Insufficient credits',
  'sim/err-403-key': 'Key limit exceeded',
  'sim/err-404-tools': 'No endpoints found that support tool use',
  'sim/err-429-upstream': 'temporarily rate-limited upstream',
  'sim/err-502': 'upstream connect error',
  'sim/err-503': 'No available model provider meets your routing requirements',
  'sim/err-504': 'The provider took too long to respond',
  'sim/err-529': 'overloaded_error',
};

/** What `orcestator copilot` is told to list beside the gateway's own model: the simulator's scenarios. */
export const models = [...Object.keys(earlyErrors), BROKEN, SLOW, REASONING];

function expect(isTrue, message) {
  if (!isTrue) throw new Error(message);
}

/** Markdown may change the punctuation of a message; its words it keeps. */
const wordsOf = (text) =>
  text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

function expectReadable(screen, message) {
  expect(wordsOf(screen).includes(wordsOf(message)), `the user reads "${screen}", which lacks "${message}"`);
}

/** Scripted words as their number. */
const shortened = (screen) =>
  screen.replace(/(?:word\d+ ?)+/, (words) => `[${words.trim().split(' ').length} words] `);

export function createChecks({ chat, gateway, workspace, user }) {
  /** A new chat with this model, one question; resolves with the time just before. */
  const ask = async (model, text) => {
    await chat.newChat();
    await chat.select(model);
    const time = Date.now();
    await chat.send(text);
    return time;
  };
  const contentOf = (file) =>
    existsSync(join(workspace, file)) ? readFileSync(join(workspace, file), 'utf8') : undefined;
  const streaming = (word) =>
    until(async () => (await chat.text()).includes(word), 30_000, 'no text arrives');

  return {
    'the command has kept what was in the files': async () => {
      const files = ['chatLanguageModels.json', 'settings.json'].map((name) =>
        readFileSync(join(user, name), 'utf8'),
      );
      const kept = ['// my own models', '// not the gateway', '"Nobody"', 'chat.tools.global.autoApprove'];
      const lost = kept.filter((text) => !files.some((file) => file.includes(text)));
      expect(lost.length === 0, `lost: ${lost.join(', ')}`);
      const entry = /"id": "orcestator"[^}]*/.exec(files[0])?.[0].replaceAll(/\s+/g, ' ') ?? 'no entry';
      return `kept: ${kept.join('; ')}; written: ${entry}`;
    },

    [MODEL_CHECK]: async () => {
      const names = await chat.openManageModels();
      expect(names.includes(MAIN), `the list of models: ${names.join(', ')}`);
      await until(async () => (await chat.model()) === MAIN, 30_000, `selected is "${await chat.model()}"`);
      const buttons = await chat.buttons();
      expect(buttons.includes('Agent'), `the buttons say: ${buttons.join(', ')}`);
      const row = chat.rows.find((text) => text.startsWith(MAIN)) ?? '';
      return `"${buttons.join(' | ')}"; "Manage Models…" lists ${names.length} models, ours as "${row}"`;
    },

    'a tool call creates a file': async () => {
      const time = await ask(MAIN, `create ${join(workspace, 'hello.txt')} with "Hello from VS Code"`);
      const text = await chat.finished();
      const content = contentOf('hello.txt');
      expect(
        content === 'Hello from VS Code',
        `hello.txt holds ${JSON.stringify(content)}; on the screen: ${text}`,
      );
      const seen = (await gateway.requests()).filter((request) => request.startedAt >= time);
      return `hello.txt holds "${content}"; ${seen.length} requests of ${seen.map((one) => one.bodyBytes).join(', ')} bytes; answer: "${text}"`;
    },

    'two parallel tool calls create two files': async () => {
      await ask(MAIN, `create two files like ${join(workspace, 'pair.txt')} with "Two at once"`);
      const text = await chat.finished();
      const contents = ['pair.txt', 'pair-2.txt'].map(contentOf);
      expect(
        contents.every((content) => content === 'Two at once'),
        `the files hold ${JSON.stringify(contents)}; ${text}`,
      );
      return `pair.txt and pair-2.txt hold "Two at once"; answer: "${text}"`;
    },

    'Stop cancels the request at the upstream': async () => {
      const time = await ask(SLOW, 'Say hello');
      await streaming('word20 ');
      const [running] = await gateway.agentRequests(SLOW, time);
      expect(running?.outcome === 'running', `before the click the simulator says ${running?.outcome}`);
      const { asked, clicked } = await chat.stop();
      const record = await until(
        async () =>
          (await gateway.agentRequests(SLOW, time)).find((request) => request.outcome === 'cancelled'),
        10_000,
        'the simulator does not see the cancellation within 10 s',
      );
      const text = await chat.finished();
      const words = text.match(/word\d+/g)?.length ?? 0;
      const own = await gateway.cancelMilliseconds(SLOW);
      return `cancelled ${record.abortedAt - asked} ms after Stop was asked for (the click itself took ${clicked - asked} ms; without VS Code the gateway cancels in ${own} ms); ${words} words stay on the screen`;
    },

    'reasoning does not disturb': async () => {
      await ask(REASONING, 'Say hello');
      const text = await chat.finished();
      expect(/\b42\b/.test(text) && !/sorry|error|failed/i.test(text), `on the screen: ${text}`);
      return `answer: "${text}"`;
    },

    ...Object.fromEntries(
      Object.entries(earlyErrors).map(([id, words]) => [
        `an error before the first text can be read: ${id}`,
        async () => {
          await ask(id, 'Say hello');
          const screen = await chat.finished();
          await withExchange(gateway, id, () => expectReadable(screen, words));
          return `the user reads: "${screen}"`;
        },
      ]),
    ),

    [`an error after the first text can be read: ${BROKEN}`]: async () => {
      await ask(BROKEN, 'Say hello');
      const screen = await chat.finished();
      await withExchange(gateway, BROKEN, () => expectReadable(screen, 'Provider disconnected unexpectedly'));
      return `the user reads: "${shortened(screen)}"`;
    },

    'a worker killed in the middle of a stream: the error can be read': async () => {
      await ask(SLOW, 'Say hello');
      await streaming('word20 ');
      const pid = gateway.workerPid();
      expect(pid !== undefined, 'the worker process is not found');
      process.kill(pid, 'SIGKILL');
      const screen = await chat.finished();
      expectReadable(screen, 'The worker broke off in the middle of its answer');
      return `the user reads: "${shortened(screen)}"`;
    },

    'after that the next question works': async () => {
      await gateway.ready();
      await ask(MAIN, `create ${join(workspace, 'after.txt')} with "Alive"`);
      const text = await chat.finished();
      expect(
        contentOf('after.txt') === 'Alive',
        `after.txt holds ${JSON.stringify(contentOf('after.txt'))}; ${text}`,
      );
      return `answer: "${text}"`;
    },
  };
}

/** Adds to a failure what the gateway answers to the same request without VS Code in between. */
async function withExchange(gateway, id, check) {
  try {
    check();
  } catch (error) {
    const answer = await gateway.ask(id).catch((reason) => String(reason));
    throw new Error(`${error.message}\n      the gateway answered: ${answer}`);
  }
}
