/** OpenAI's older completions, and embeddings: texts in, one answer out. */
import type { Response } from 'express';
import type { EmbeddingsStream, GenerateContext } from '../kinds/worker-kind';
import { BodySink } from './body-sink';
import { checkModel, checkTexts, readBody, readStreamWish } from './request-fields';
import { serve, type ServeDependencies } from './serve-chat';
import { StreamSink } from './stream-sink';
import { toTextChunk, toTextCompletion } from './text-completion';

/** Serves `POST /v1/completions`. */
export async function serveCompletion(
  value: unknown,
  response: Response,
  context: GenerateContext,
  deps: ServeDependencies,
): Promise<void> {
  const body = readBody(value);
  checkModel(body);
  checkTexts(body, 'prompt');
  const { isStream, includesUsage } = readStreamWish(body);
  await serve(
    {
      body,
      requestedModel: String(body.model),
      messages: asMessages(body.prompt),
      isStream,
      needsWholeAnswer: !isStream,
      createSink: (builder) =>
        isStream
          ? new StreamSink(response, { includesUsage, clock: deps.clock, toEvent: toTextChunk })
          : new BodySink(response, (usage) => toTextCompletion(builder.toCompletion(usage))),
      start: () => deps.kind.completeStreamGate(body, context),
    },
    response,
    context,
    deps,
  );
}

/** Serves `POST /v1/embeddings`. */
export async function serveEmbeddings(
  value: unknown,
  response: Response,
  context: GenerateContext,
  deps: ServeDependencies,
): Promise<void> {
  const body = readBody(value);
  checkModel(body);
  checkTexts(body, 'input');
  let stream: EmbeddingsStream | undefined;
  await serve(
    {
      body,
      requestedModel: String(body.model),
      messages: asMessages(body.input),
      isStream: false,
      needsWholeAnswer: false,
      createSink: () => new BodySink(response, () => stream?.answer()),
      start: () => (stream = deps.kind.getEmbeddings(body, context)),
    },
    response,
    context,
    deps,
  );
}

/** Texts as the record's user message: its columns show them one a line. */
export function asMessages(texts: unknown): readonly unknown[] {
  return [{ role: 'user', content: texts }];
}
