/** FastChat's own worker API (`base_model_worker.py`, `model_worker.py`): bodies, frames and their codec. */
import { isRecord, parseJson } from './json';
import type { Usage } from './chat-completions';

/**
 * Body of `/worker_generate_stream` and `/worker_generate`, as FastChat's API server makes it (`get_gen_params`).
 * `null` is what FastChat writes where the client said nothing.
 */
export interface GenerateParams {
  model: string;
  prompt: string;
  temperature?: number;
  logprobs?: number | null;
  top_p?: number;
  /** -1: off. */
  top_k?: number;
  presence_penalty?: number;
  frequency_penalty?: number;
  repetition_penalty?: number;
  max_new_tokens?: number | null;
  echo?: boolean;
  stop?: string[] | string | null;
  stop_token_ids?: number[] | null;
  use_beam_search?: boolean;
  best_of?: number | null;
  [field: string]: unknown;
}

/** One frame of a generated answer: `text` is cumulative, `error_code` 0 unless the frame is an error. */
export interface GenerateFrame {
  text: string;
  error_code: number;
  usage?: Usage;
  finish_reason?: string | null;
  logprobs?: unknown;
  [field: string]: unknown;
}

/** Body of `/worker_get_embeddings`. */
export interface EmbeddingsParams {
  model: string;
  input: string[];
  encoding_format?: string | null;
  [field: string]: unknown;
}

/** Answer of `/worker_get_embeddings`. */
export interface EmbeddingsAnswer {
  embedding: (number[] | string)[];
  token_num: number;
}

/** Answer of `/count_token`. */
export interface CountTokenAnswer {
  count: number;
  error_code: number;
}

/** Answer of `/model_details`. */
export interface ModelDetailsAnswer {
  context_length: number;
}

/** FastChat's `Conversation` as `/worker_get_conv_template` gives it under `conv` (`conversation.py`). */
export interface ConversationTemplate {
  name: string;
  /** Holds `{system_message}`. */
  system_template: string;
  system_message: string;
  system_message_vision?: string;
  /** User and assistant. */
  roles: [string, string];
  /** Few-shot messages that stand before the client's: role and text. */
  messages: [string, unknown][];
  offset: number;
  /** FastChat's `SeparatorStyle`, 1 to 23. */
  sep_style: number;
  sep: string;
  sep2: string | null;
  stop_str: string | string[] | null;
  stop_token_ids: number[] | null;
  [field: string]: unknown;
}

/** One frame as FastChat writes it. `JSON.stringify` never writes a raw NUL, so the delimiter is unambiguous. */
export function encodeFrame(frame: GenerateFrame): string {
  return `${JSON.stringify(frame)}\0`;
}

/** A frame of a peer, or `undefined` where the text is none. */
export function readFrame(text: string): GenerateFrame | undefined {
  const value = parseJson(text);
  if (!isRecord(value)) return undefined;
  return {
    ...value,
    text: typeof value.text === 'string' ? value.text : '',
    error_code: typeof value.error_code === 'number' ? value.error_code : 0,
  };
}
