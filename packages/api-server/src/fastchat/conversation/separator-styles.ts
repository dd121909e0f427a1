/** How each of FastChat's separator styles writes a conversation (`conversation.py`, `Conversation.get_prompt`, 0.2.36). */
import { rstrip, str, strip, type MessageText } from './python-text';
import { join, textOf, turns, type Conversation, type Turn } from './turns';

type Style = (conversation: Conversation) => string;

const colon = ({ role }: Turn): string => join(role, ':');
const newLine = ({ role }: Turn): string => join(role, '\n');
const bare = ({ role }: Turn): string => join(role);

/** The system prompt and its separator, or nothing where there is no system prompt. */
const optionalSystem = ({ systemPrompt, sep }: Conversation, after = ''): string =>
  systemPrompt === '' ? '' : join(systemPrompt, sep, after);

/** `role: message` with a colon, the separator alternating. */
const colonTwo = ({ role, message, altSep }: Turn): string => join(role, ': ', message, altSep);

const addColonSingle: Style = (c) =>
  join(c.systemPrompt, c.sep) +
  turns(c, ({ role, message }) => join(role, ': ', message, c.sep), colon, textOf);

const addColonTwo: Style = (c) => join(c.systemPrompt, c.sep) + turns(c, colonTwo, colon, textOf);

const addColonSpaceSingle: Style = (c) =>
  join(c.systemPrompt, c.sep) +
  turns(
    c,
    ({ role, message }) => join(role, ': ', message, c.sep),
    ({ role }) => join(role, ': '),
  );

const noColonSingle: Style = (c) =>
  c.systemPrompt + turns(c, ({ role, message }) => join(role, message, c.sep), bare);

const noColonTwo: Style = (c) =>
  c.systemPrompt + turns(c, ({ role, message, altSep }) => join(role, message, altSep), bare);

const addNewLineSingle: Style = (c) =>
  optionalSystem(c) + turns(c, ({ role, message }) => join(role, '\n', message, c.sep), newLine);

const llama2: Style = (c) => {
  const tag = (i: number): unknown => c.roles[i % 2];
  return (
    (c.hasSystemMessage ? c.systemPrompt : '[INST] ') +
    turns(
      c,
      ({ message, i, altSep }) => (i === 0 ? join(message, ' ') : join(tag(i), ' ', message, altSep)),
      ({ i }) => join(tag(i)),
    )
  );
};

const llama3: Style = (c) => {
  const header = ({ role }: Turn): string => `<|start_header_id|>${str(role)}<|end_header_id|>\n\n`;
  const full = (turn: Turn): string => `${header(turn)}${strip(join(turn.message))}<|eot_id|>`;
  return `<|begin_of_text|>${c.hasSystemMessage ? c.systemPrompt : ''}${turns(c, full, header)}`;
};

const chatGlm: Style = (c) => {
  const firstRound = c.name === 'chatglm2' ? 1 : 0;
  const round = (i: number): string => (i % 2 === 0 ? `[Round ${i / 2 + firstRound}]${str(c.sep)}` : '');
  return (
    optionalSystem(c) +
    turns(
      c,
      ({ role, message, i }) => `${round(i)}${str(role)}：${str(message)}${str(c.sep)}`,
      ({ role, i }) => `${round(i)}${str(role)}：`,
    )
  );
};

const chatMl: Style = (c) =>
  optionalSystem(c, '\n') +
  turns(c, ({ role, message }) => join(role, '\n', message, c.sep, '\n'), newLine, textOf);

const chatIntern: Style = (c) => {
  const start = (i: number): string => (i % 2 === 0 ? '<s>' : '');
  return (
    c.systemPrompt +
    turns(
      c,
      ({ role, message, i, altSep }) => join(start(i), role, ':', message, altSep, '\n'),
      ({ role, i }) => join(start(i), role, ':'),
    )
  );
};

const dolly: Style = (c) =>
  c.systemPrompt +
  turns(
    c,
    ({ role, message, i, altSep }) => join(role, ':\n', message, altSep, i % 2 === 1 ? '\n\n' : ''),
    ({ role }) => join(role, ':\n'),
  );

const rwkv: Style = (c) => {
  const squeeze = (message: MessageText): string =>
    join(message).replaceAll('\r\n', '\n').replaceAll('\n\n', '\n');
  return c.systemPrompt + turns(c, ({ role, message }) => join(role, ': ', squeeze(message), '\n\n'), colon);
};

const phoenix: Style = (c) =>
  c.systemPrompt +
  turns(
    c,
    ({ role, message }) => join(role, ': <s>', message, '</s>'),
    ({ role }) => join(role, ': <s>'),
  );

const robin: Style = (c) =>
  join(c.systemPrompt, c.sep) +
  turns(
    c,
    ({ role, message }) => join(role, ':\n', message, c.sep),
    ({ role }) => join(role, ':\n'),
  );

const falconChat: Style = (c) =>
  (c.hasSystemMessage ? join(c.systemPrompt, c.sep) : '') +
  turns(c, ({ role, message }) => join(role, ': ', message, c.sep), colon);

const chatGlm3: Style = (c) =>
  (c.hasSystemMessage ? c.systemPrompt : '') +
  turns(c, ({ role, message }) => join(role, '\n', message), bare);

const deepseekChat: Style = (c) => c.systemPrompt + turns(c, colonTwo, colon);

const metaMath: Style = (c) => {
  // `sep2` stands before the answers here, not after.
  const start = (i: number): string => (i % 2 === 0 ? ':\n' : join(': ', c.sep2));
  return (
    optionalSystem(c) +
    turns(
      c,
      ({ role, message, i }) => join(role, start(i), message, i % 2 === 0 ? c.sep : ''),
      ({ role, i }) => join(role, start(i)),
    )
  );
};

const yuan2: Style = (c) => {
  const system = c.hasSystemMessage ? join(c.systemPrompt, c.sep2) : '';
  const texts = turns(
    c,
    ({ message }) => join(message, '<n>'),
    () => '',
  );
  return join(
    rstrip(system + texts, (character) => '<n>'.includes(character)),
    c.sep,
  );
};

const gemma: Style = (c) =>
  '<bos>' +
  turns(
    c,
    ({ role, message }) => join('<start_of_turn>', role, '\n', message, c.sep),
    ({ role }) => join('<start_of_turn>', role, '\n'),
  );

/** Only the last question and the place for its answer. */
const cllm: Style = (c) =>
  join(c.systemPrompt, c.sep) + turns({ ...c, messages: c.messages.slice(-2) }, colonTwo, colon, textOf);

const plain: Style = (c) =>
  `${c.systemPrompt}\n${turns(c, ({ role, message }) => join(role, ': ', message, '\n'), colon, textOf)}`;

/** FastChat's `SeparatorStyle` numbers. */
export const separatorStyles: Readonly<Record<number, Style>> = {
  1: addColonSingle,
  2: addColonTwo,
  3: addColonSpaceSingle,
  4: noColonSingle,
  5: noColonTwo,
  6: addNewLineSingle,
  7: llama2,
  8: llama3,
  9: chatGlm,
  10: chatMl,
  11: chatIntern,
  12: dolly,
  13: rwkv,
  14: phoenix,
  15: robin,
  16: falconChat,
  17: chatGlm3,
  18: deepseekChat,
  19: metaMath,
  20: yuan2,
  21: gemma,
  22: cllm,
  23: plain,
};
