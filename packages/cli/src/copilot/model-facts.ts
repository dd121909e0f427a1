/** What a model can take and do, read from `GET /models` of the upstream (openrouter.md §1.2). */
import { isRecord, isStringArray, type JsonRecord } from '@orcestator/protocol';

export interface ModelFacts {
  /** As the client asks the gateway for it. */
  readonly id: string;
  /** Shown in the list of models. */
  readonly name: string;
  /** Tokens; input and output together are the model's context. */
  readonly maxInputTokens: number;
  readonly maxOutputTokens: number;
  readonly tools: boolean;
  readonly vision: boolean;
  readonly reasoning: boolean;
  /** Such as `low`, `medium`, `high`; empty where the model has no such choice or none is known. */
  readonly efforts: readonly string[];
  /** False: the upstream does not say, these are assumptions. */
  readonly isKnown: boolean;
}

/** What nearly every model of an agent has. */
const ASSUMED_CONTEXT = 128_000;
const ASSUMED_OUTPUT = 16_000;

/** The models of a `GET /models` answer, OpenRouter's or OpenAI's; empty when it is neither. */
export function readModelList(body: unknown): JsonRecord[] {
  return isRecord(body) && Array.isArray(body.data) ? body.data.filter(isRecord) : [];
}

/** By id, by canonical name, or without the variant: `:nitro` and its like are valid and not in the list. */
export function findModel(models: readonly JsonRecord[], id: string): JsonRecord | undefined {
  const plain = id.replace(/:[^:/]+$/, '');
  return (
    models.find((model) => model.id === id) ??
    models.find((model) => model.canonical_slug === id) ??
    models.find((model) => model.id === plain)
  );
}

/** `as`: the id and the name under which the gateway serves the model. */
export function modelFacts(model: JsonRecord | undefined, as: { id: string; name: string }): ModelFacts {
  const top = isRecord(model?.top_provider) ? model.top_provider : {};
  const context = [top.context_length, model?.context_length, model?.max_model_len].find(isTokens);
  const parameters = model?.supported_parameters;
  const isTold = isStringArray(parameters);
  const modalities = isRecord(model?.architecture) ? model.architecture.input_modalities : undefined;
  return {
    ...as,
    ...splitContext(
      context ?? ASSUMED_CONTEXT,
      isTokens(top.max_completion_tokens) ? top.max_completion_tokens : undefined,
    ),
    tools: isTold ? parameters.includes('tools') : true,
    vision: isStringArray(modalities) ? modalities.includes('image') : true,
    reasoning: isTold && parameters.includes('reasoning'),
    efforts: effortsOf(model),
    isKnown: context !== undefined,
  };
}

/**
 * Input and output limits whose sum is the context. An answer as long as half the context and more (some models claim the
 * whole) would leave no room for the question, so that a quarter is taken then.
 */
export function splitContext(
  context: number,
  longestAnswer: number | undefined,
): { maxInputTokens: number; maxOutputTokens: number } {
  const quarter = Math.floor(context / 4);
  const wanted = longestAnswer ?? Math.min(ASSUMED_OUTPUT, quarter);
  const maxOutputTokens = wanted > context / 2 ? quarter : wanted;
  return { maxInputTokens: context - maxOutputTokens, maxOutputTokens };
}

function effortsOf(model: JsonRecord | undefined): string[] {
  const efforts = isRecord(model?.reasoning) ? model.reasoning.supported_efforts : undefined;
  return isStringArray(efforts) ? efforts.filter((effort) => effort !== 'none') : [];
}

function isTokens(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}
