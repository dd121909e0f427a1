/** Chat chunks and bodies as OpenAI's older completions write them (`object: "text_completion"`). */
import type { ChatCompletion, ChatCompletionChunk, JsonRecord } from '@orcestator/protocol';

/** A chunk with its text in the choice, in place of a delta. */
export function toTextChunk(chunk: ChatCompletionChunk): JsonRecord {
  const choices = chunk.choices.map(({ delta, finish_reason: finish, ...choice }) => ({
    logprobs: null,
    ...choice,
    text: delta.content ?? '',
    ...(delta.reasoning ? { reasoning: delta.reasoning } : {}),
    finish_reason: finish,
  }));
  return { ...chunk, object: 'text_completion', choices };
}

export function toTextCompletion(completion: ChatCompletion): JsonRecord {
  const choices = completion.choices.map(({ message, finish_reason: finish, ...choice }) => ({
    ...choice,
    text: message.content ?? '',
    ...(message.reasoning ? { reasoning: message.reasoning } : {}),
    finish_reason: finish,
  }));
  return { ...completion, object: 'text_completion', choices };
}
