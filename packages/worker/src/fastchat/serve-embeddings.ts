/** `/worker_get_embeddings`: texts in, FastChat's `embedding` and `token_num` out. */
import type { Response } from 'express';
import { isRecord, type EmbeddingsAnswer } from '@orcestator/protocol';
import { checkTexts, readBody } from '../chat/request-fields';
import { serve, type ServeDependencies } from '../chat/serve-chat';
import { asMessages } from '../chat/serve-texts';
import type { EmbeddingsStream, GenerateContext } from '../kinds/worker-kind';
import { countTokens } from '../tokens/count-tokens';
import { JsonSink } from './json-sink';
import { modelOf } from './to-chat-body';

export async function serveFastChatEmbeddings(
  value: unknown,
  response: Response,
  context: GenerateContext,
  deps: ServeDependencies,
): Promise<void> {
  const body = readBody(value);
  checkTexts(body, 'input');
  const { input } = body;
  const model = modelOf(body);
  // FastChat writes `null` where the client said nothing; OpenAI's API has no such value.
  const format = typeof body.encoding_format === 'string' ? { encoding_format: body.encoding_format } : {};
  let stream: EmbeddingsStream | undefined;
  await serve(
    {
      body,
      requestedModel: model,
      messages: asMessages(input),
      isStream: false,
      needsWholeAnswer: false,
      createSink: () => new JsonSink(response, deps.clock, () => toFastChat(stream, input)),
      start: () => (stream = deps.kind.getEmbeddings({ model, input, ...format }, context)),
    },
    response,
    context,
    deps,
  );
}

function toFastChat(stream: EmbeddingsStream | undefined, input: unknown): EmbeddingsAnswer {
  const data = stream?.answer().data;
  const vectors = Array.isArray(data) ? data.filter(isRecord) : [];
  const sorted = vectors.toSorted((a, b) => Number(a.index) - Number(b.index));
  return {
    embedding: sorted.map((one) => one.embedding as number[] | string),
    token_num: stream?.usage()?.total_tokens ?? countTokens([input].flat().join('\n')),
  };
}
