/** `POST /api/v1/completions`: chat with its scenarios, in OpenAI's older shape (openrouter.md §1.1). */
import { isRecord, type JsonRecord } from '@orcestator/protocol';
import { chat } from './chat';
import type { Handler } from './handler';

export const completions: Handler = (request) => {
  const { prompt, ...rest } = isRecord(request.body) ? request.body : {};
  // Without a prompt the list of messages is empty, which is refused with the right words.
  const texts = prompt === undefined ? [] : [typeof prompt === 'string' ? prompt : JSON.stringify(prompt)];
  const messages = texts.map((content) => ({ role: 'user', content }));
  return chat({
    ...request,
    body: { ...rest, messages },
    reply: (modifiers) => request.reply(modifiers).reshape(toTextCompletion),
  });
};

function toTextCompletion(object: JsonRecord): JsonRecord {
  const choices = Array.isArray(object.choices)
    ? object.choices.filter(isRecord).map(toTextChoice)
    : undefined;
  const kind = object.object === 'chat.completion.chunk' ? 'text_completion.chunk' : 'text_completion';
  return { ...object, ...(object.object ? { object: kind } : {}), ...(choices ? { choices } : {}) };
}

function toTextChoice({ delta, message, ...choice }: JsonRecord): JsonRecord {
  const { content, reasoning } = isRecord(delta) ? delta : isRecord(message) ? message : {};
  return { logprobs: null, ...choice, text: content ?? '', ...(reasoning ? { reasoning } : {}) };
}
