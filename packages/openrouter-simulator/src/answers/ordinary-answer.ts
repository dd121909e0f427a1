/** A plausible answer to any request: a text that shows the user's words, or a scripted tool call. */
import { isRecord, type JsonRecord } from '@orcestator/protocol';
import { textAnswer, toolAnswer, type Answer, type ScriptedCall } from './answer';
import { readConversation, readTools, type Conversation } from './conversation';
import { fillSchema, type Hints } from './fill-schema';

/** Characters of the user's message that come back. */
const QUOTE_LIMIT = 200;
const writeTools = /create_?file|write_?file|^write$|^create$|edit_?file/i;
const wantsTwo = /\b(two|both|parallel)\b|(?:^|\s)(две|два|оба|обе|параллельно)(?:\s|$)/i;

export function ordinaryAnswer(body: JsonRecord, makeCallId: () => string): Answer {
  const conversation = readConversation(body.messages);
  const calls = toolCalls(body, conversation, makeCallId);
  return calls.length > 0 ? toolAnswer(calls) : textAnswer(ordinaryText(body, conversation));
}

function toolCalls(body: JsonRecord, conversation: Conversation, makeCallId: () => string): ScriptedCall[] {
  const tools = readTools(body.tools);
  if (tools.length === 0 || body.tool_choice === 'none' || conversation.toolResult !== undefined) return [];
  const named =
    isRecord(body.tool_choice) && isRecord(body.tool_choice.function)
      ? body.tool_choice.function.name
      : undefined;
  const words = conversation.lastUser;
  const tool =
    tools.find(({ name }) => name === named) ??
    tools.find(({ name }) => name.includes('_') && words.includes(name)) ??
    tools.find(({ name }) => writeTools.test(name)) ??
    tools[0];
  if (!tool) return [];
  const hints = readHints(conversation);
  const call = (index: number): ScriptedCall => {
    const path = index === 0 ? hints.path : hints.path.replace(/(\.[^.]*)?$/, '-2$1');
    return {
      id: makeCallId(),
      name: tool.name,
      arguments: JSON.stringify(fillSchema(tool.parameters, { ...hints, path })),
    };
  };
  return body.parallel_tool_calls !== false && wantsTwo.test(words) ? [call(0), call(1)] : [call(0)];
}

/** A file name and a content out of the user's words, the folder out of what the editor adds to them. */
function readHints({ lastUser: words, userTexts }: Conversation): Hints {
  const folder = /(?:^|[\s"'`(])((?:[a-z]:\\|\/)[^\s"'`<>()]*[^\s"'`<>().,;:])/im.exec(userTexts)?.[1];
  const path = /(?:^|[\s"'`(])((?:[a-z]:)?[\w./\\-]*\w\.[a-z]{1,5})\b/i.exec(words)?.[1];
  const content = [...words.matchAll(/["'«“]([^"'»”]+)["'»”]/g)]
    .map((match) => match[1] ?? '')
    .find((text) => text !== path);
  return { path: path ?? 'hello.txt', content: content ?? 'Hello from Orcestator\n', folder };
}

function ordinaryText(body: JsonRecord, { system, lastUser, toolResult }: Conversation): string {
  const format = isRecord(body.response_format) ? body.response_format : {};
  if (format.type === 'json_schema' || format.type === 'json_object') return structured(format);
  const hasTools = readTools(body.tools).length > 0;
  if (!hasTools && /json array/i.test(system + lastUser))
    return '["Reading the code", "Thinking it over", "Writing the answer"]';
  if (!hasTools && /title/i.test(system) && system.length < 4_000) return 'A short conversation';
  const isRussian = /[а-яё]/i.test(lastUser);
  const quote = lastUser.replace(/\s+/g, ' ').trim().slice(0, QUOTE_LIMIT);
  if (toolResult !== undefined) {
    const result = toolResult.replace(/\s+/g, ' ').trim().slice(0, QUOTE_LIMIT);
    return isRussian ? `Готово. Инструмент ответил: ${result}` : `Done. The tool answered: ${result}`;
  }
  return isRussian
    ? `Это ответ симулятора OpenRouter. Вы написали: «${quote}». Настоящая модель ответила бы по существу, а поток выглядел бы точно так же.`
    : `This is the OpenRouter simulator. You wrote: "${quote}". A real model would answer the question, and its stream would look just like this one.`;
}

function structured(format: JsonRecord): string {
  const schema = isRecord(format.json_schema) ? format.json_schema.schema : undefined;
  return JSON.stringify(
    schema === undefined
      ? { answer: 'example' }
      : fillSchema(schema, { path: 'hello.txt', content: 'Hello' }),
  );
}
