/** `/worker_generate_stream` and `/worker_generate`: the flattened prompt upstream as chat, the answer back as frames. */
import type { Response } from 'express';
import type { GenerateFrame, Usage } from '@orcestator/protocol';
import type { CompletionBuilder } from '../chat/completion-builder';
import type { Job } from '../chat/job';
import { serve, type ServeDependencies } from '../chat/serve-chat';
import type { GenerateContext } from '../kinds/worker-kind';
import { countTokens } from '../tokens/count-tokens';
import type { PromptCounter } from './count-prompt';
import { FrameSink, type FrameEnding } from './frame-sink';
import { JsonSink } from './json-sink';
import { toLegacyLogprobs } from './legacy-logprobs';
import { readGenerateParams, toChatBody, toMessages, type PromptFacts } from './to-chat-body';

export interface GenerateDependencies extends ServeDependencies {
  readonly counter: PromptCounter;
}

interface Asked {
  readonly value: unknown;
  readonly response: Response;
  readonly context: GenerateContext;
}

/** The frames of an answer. Throws `invalid_request` for such a body; what goes wrong later is a frame. */
export function serveGenerateStream(asked: Asked, deps: GenerateDependencies): Promise<void> {
  return serveGenerate(asked, deps, true);
}

/** The last frame as JSON. */
export function serveGenerateOnce(asked: Asked, deps: GenerateDependencies): Promise<void> {
  return serveGenerate(asked, deps, false);
}

async function serveGenerate(asked: Asked, deps: GenerateDependencies, isStream: boolean): Promise<void> {
  const { value, response, context } = asked;
  const params = readGenerateParams(value);
  const { clock, kind, counter } = deps;
  let facts: PromptFacts | undefined;
  const prefix = params.echo === true ? params.prompt : '';
  const job: Job = {
    body: params,
    requestedModel: params.model,
    messages: toMessages(params.prompt),
    isStream,
    needsWholeAnswer: true,
    createSink: (builder) => {
      const ending = (usage: Usage | undefined): FrameEnding => endingOf(builder, usage, facts);
      return isStream
        ? new FrameSink(response, { prefix, clock, ending, promptTokens: () => facts?.promptTokens ?? 0 })
        : new JsonSink(response, clock, (usage) => lastFrame(prefix, builder, ending(usage)));
    },
    start: async () => {
      const model = await kind.getModelFacts(params.model);
      facts = { ...model, promptTokens: await counter.count(params.prompt, model.upstreamModel) };
      return kind.generateStreamGate(toChatBody(params, facts), context);
    },
  };
  await serve(job, response, context, deps);
}

function lastFrame(prefix: string, builder: CompletionBuilder, ending: FrameEnding): GenerateFrame {
  const { finishReason, usage, logprobs } = ending;
  return {
    text: prefix + builder.text().content,
    error_code: 0,
    usage,
    finish_reason: finishReason,
    ...(logprobs ? { logprobs } : {}),
  };
}

/** FastChat knows two ends, and its API server cannot do without usage: where upstream gave none it is counted here. */
function endingOf(
  builder: CompletionBuilder,
  usage: Usage | undefined,
  facts: PromptFacts | undefined,
): FrameEnding {
  const choice = builder.toCompletion(usage).choices.find(({ index }) => index === 0);
  const prompt = facts?.promptTokens ?? 0;
  const completion = usage ? 0 : countTokens(builder.text().content, facts?.upstreamModel);
  return {
    finishReason: choice?.finish_reason === 'length' ? 'length' : 'stop',
    usage: usage ?? {
      prompt_tokens: prompt,
      completion_tokens: completion,
      total_tokens: prompt + completion,
    },
    logprobs: toLegacyLogprobs(choice?.logprobs),
  };
}
