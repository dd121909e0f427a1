/** OpenAI's chat completion objects as the gateway writes them. Unknown fields pass, hence the index signatures. */

/** Why a choice ended; `error` is the gateway's own for a stream that broke. */
export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'function_call' | 'error';

/** A fragment of a tool call in a delta: of a function with JSON arguments, or of a custom tool with a free text. */
export interface ToolCallDelta {
  index: number;
  id?: string;
  type?: 'function' | 'custom';
  function?: { name?: string; arguments: string };
  custom?: { name?: string; input: string };
  [field: string]: unknown;
}

/** What one chunk adds to the message. */
export interface ChatDelta {
  role?: 'assistant';
  content?: string | null;
  tool_calls?: ToolCallDelta[];
  [field: string]: unknown;
}

export interface ChatChunkChoice {
  index: number;
  delta: ChatDelta;
  finish_reason: FinishReason | null;
  [field: string]: unknown;
}

/** Token counts; the three numbers are there or the whole object is not. Upstream's `cost` and details pass. */
export interface Usage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
  [field: string]: unknown;
}

/** One `data:` line of a stream (`object: "chat.completion.chunk"`). */
export interface ChatCompletionChunk {
  id: string;
  object: 'chat.completion.chunk';
  /** Unix seconds. */
  created: number;
  model: string;
  choices: ChatChunkChoice[];
  usage?: Usage | null;
  [field: string]: unknown;
}

/** A whole tool call in a message. */
export interface ToolCall {
  id: string;
  type: 'function' | 'custom';
  function?: { name: string; arguments: string };
  custom?: { name: string; input: string };
  [field: string]: unknown;
}

/** The message of a non-stream answer. */
export interface ChatMessage {
  role: 'assistant';
  content: string | null;
  tool_calls?: ToolCall[];
  [field: string]: unknown;
}

/** Body of a non-stream answer (`object: "chat.completion"`). */
export interface ChatCompletion {
  id: string;
  object: 'chat.completion';
  /** Unix seconds. */
  created: number;
  model: string;
  choices: { index: number; message: ChatMessage; finish_reason: FinishReason; [field: string]: unknown }[];
  usage?: Usage;
  [field: string]: unknown;
}
