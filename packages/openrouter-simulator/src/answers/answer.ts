/** What a simulated model says, before it is written as a stream or as one body. */
import type { JsonRecord } from '@orcestator/protocol';
import { countTokens, usageOf, type Generation } from './generation';

export interface ScriptedCall {
  readonly id: string;
  readonly name: string;
  /** JSON text. */
  readonly arguments: string;
}

export interface Answer {
  readonly text: string;
  readonly toolCalls: readonly ScriptedCall[];
  readonly reasoning?: string;
  readonly reasoningDetails?: readonly JsonRecord[];
  readonly finish: string;
  readonly native: string;
}

export function textAnswer(text: string): Answer {
  return { text, toolCalls: [], finish: 'stop', native: 'stop' };
}

export function toolAnswer(toolCalls: readonly ScriptedCall[]): Answer {
  return { text: '', toolCalls, finish: 'tool_calls', native: 'completed' };
}

/** Words with the blank before them, as tokens come. */
export function tokensOf(text: string): string[] {
  return text.match(/\s*\S+\s*$|\s*\S+/g) ?? (text === '' ? [] : [text]);
}

/** The text in pieces of so many characters; no character is torn. */
export function piecesOf(text: string, size: number): string[] {
  const characters = Array.from(text);
  const count = Math.ceil(characters.length / size);
  return Array.from({ length: count }, (_, at) => characters.slice(at * size, (at + 1) * size).join(''));
}

export function completionTokensOf(answer: Answer): number {
  const words = [
    answer.text,
    answer.reasoning ?? '',
    ...answer.toolCalls.map((call) => call.name + call.arguments),
  ];
  return countTokens(words.join(''));
}

export function reasoningTokensOf({ reasoning = '' }: Answer): number {
  return reasoning === '' ? 0 : countTokens(reasoning);
}

/** The non-stream body (openrouter.md §4): tool calls carry an index there too. */
export function completionBody(generation: Generation, answer: Answer, promptTokens: number): JsonRecord {
  const { id, created, model, provider } = generation;
  const reasoning = answer.reasoning ?? null;
  return {
    id,
    object: 'chat.completion',
    created,
    model,
    provider,
    system_fingerprint: null,
    service_tier: 'default',
    choices: [
      {
        index: 0,
        logprobs: null,
        finish_reason: answer.finish,
        native_finish_reason: answer.native,
        message: {
          role: 'assistant',
          content: answer.toolCalls.length > 0 && answer.text === '' ? null : answer.text,
          refusal: null,
          reasoning,
          ...(answer.reasoningDetails ? { reasoning_details: answer.reasoningDetails } : {}),
          ...(answer.toolCalls.length > 0 ? { tool_calls: answer.toolCalls.map(wholeCall) } : {}),
        },
      },
    ],
    usage: usageOf(generation.price, promptTokens, completionTokensOf(answer), reasoningTokensOf(answer)),
  };
}

function wholeCall(call: ScriptedCall, index: number): JsonRecord {
  return { index, id: call.id, type: 'function', function: { name: call.name, arguments: call.arguments } };
}
