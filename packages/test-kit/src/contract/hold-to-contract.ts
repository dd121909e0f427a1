/** Asks the whole stack for a scenario, streaming and not, and holds the answers against the contract. */
import { errorTable } from '@orcestator/protocol';
import type { InProcessStack } from '../stack/in-process-stack';
import type { BrokenCase, SoundCase } from './cases';
import { readCleanStream, type CleanError, type CleanStream, type Json } from './clean-stream';
import { readAsCopilot } from './copilot-parser';

/** A client's view of an answer. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

export async function ask(stack: InProcessStack, scenario: string, fields: object = {}): Promise<Answer> {
  const answer = await stack.chat({ model: `sim/${scenario}`, ...fields });
  const contentType = answer.headers.get('content-type') ?? '';
  return { status: answer.status, contentType, bytes: new Uint8Array(await answer.arrayBuffer()) };
}

const streamed = { stream: true, stream_options: { include_usage: true } };

/** Asks for a stream with usage and reads it strictly, and as VS Code does: both must see the same. */
export async function askStream(
  stack: InProcessStack,
  scenario: string,
  fields: object = {},
): Promise<CleanStream> {
  const answer = await ask(stack, scenario, { ...streamed, ...fields });
  expect([answer.status, answer.contentType]).toEqual([200, 'text/event-stream; charset=utf-8']);
  const clean = readCleanStream(answer.bytes, { asksUsage: true });
  const { text, reasoning, toolCalls, usage, error } = clean;
  expect(readAsCopilot(answer.bytes)).toEqual({
    text,
    thinking: reasoning,
    toolCalls: error ? [] : toolCalls,
    usage,
    failure: error?.message,
    complaints: [],
  });
  return clean;
}

interface Message {
  readonly role: string;
  readonly content: string | null;
  readonly reasoning?: string;
  readonly reasoning_details?: unknown[];
  readonly tool_calls?: { id: string; type: string; function: { name: string; arguments: string } }[];
}

export interface Body {
  readonly model: string;
  readonly object: string;
  readonly choices: { message: Message; finish_reason: string }[];
  readonly usage?: Json;
}

export async function askBody(stack: InProcessStack, scenario: string, fields: object = {}): Promise<Body> {
  const answer = await ask(stack, scenario, fields);
  expect([answer.status, answer.contentType]).toEqual([200, 'application/json; charset=utf-8']);
  return JSON.parse(Buffer.from(answer.bytes).toString('utf8')) as Body;
}

const counted = {
  prompt_tokens: expect.any(Number) as unknown,
  completion_tokens: expect.any(Number) as unknown,
  total_tokens: expect.any(Number) as unknown,
  cost: expect.any(Number) as unknown,
};

export async function holdSoundStream(stack: InProcessStack, expected: SoundCase): Promise<void> {
  const clean = await askStream(stack, expected.scenario);
  const { calls = [] } = expected;
  expect(clean.error).toBeUndefined();
  // Not with toBe: a wrong text of 5 MB would be compared line by line.
  expect(clean.text === (expected.text ?? '') || clean.text.slice(0, 1_000)).toBe(true);
  expect(clean.reasoning).toBe(expected.reasoning ?? '');
  expect(joinDetails(clean.reasoningDetails)).toEqual(expected.details);
  expect(clean.toolCalls.map((call) => [call.name, call.arguments])).toEqual(calls);
  expect(clean.finish).toBe(expected.finish ?? (calls.length > 0 ? 'tool_calls' : 'stop'));
  if (expected.hasNoUsage) expect(clean.usage).toBeUndefined();
  else expect(clean.usage).toMatchObject(counted);
}

export async function holdSoundBody(stack: InProcessStack, expected: SoundCase): Promise<void> {
  const body = await askBody(stack, expected.scenario);
  const { calls = [], text = '' } = expected;
  const { message, finish_reason: finish } = body.choices[0] as Body['choices'][0];
  expect([body.object, body.model, message.role]).toEqual(['chat.completion', 'orcestator', 'assistant']);
  const content = text === '' && calls.length > 0 ? null : text;
  expect(message.content === content || message.content?.slice(0, 1_000)).toBe(true);
  expect(message.reasoning ?? '').toBe(expected.reasoning ?? '');
  expect(message.reasoning_details).toEqual(expected.details);
  expect(message).not.toHaveProperty('reasoning_content');
  const made = message.tool_calls ?? [];
  expect(made.map((call) => [call.type, call.function.name, call.function.arguments])).toEqual(
    calls.map((call) => ['function', ...call]),
  );
  expect(new Set(made.map(({ id }) => id)).size).toBe(calls.length);
  expect(finish).toBe(expected.finish ?? (calls.length > 0 ? 'tool_calls' : 'stop'));
  if (expected.hasNoUsage) expect(body).not.toHaveProperty('usage');
  else expect(body.usage).toMatchObject(counted);
}

/** The failure as an HTTP status and a body that both dialects read. */
export async function holdRefusal(
  stack: InProcessStack,
  expected: BrokenCase,
  fields: object = {},
): Promise<void> {
  const answer = await ask(stack, expected.scenario, fields);
  const row = errorTable[expected.kind];
  expect([answer.status, answer.contentType]).toEqual([row.status, 'application/json; charset=utf-8']);
  const body = JSON.parse(Buffer.from(answer.bytes).toString('utf8')) as Json & { error: CleanError };
  expect(Object.keys(body).sort()).toEqual(['code', 'error', 'message', 'object']);
  expect(body).toMatchObject({ object: 'error', code: row.errorCode, message: body.error.message });
  holdError(body.error, expected);
}

/** The failure inside a stream that has begun. */
export async function holdBreak(stack: InProcessStack, expected: BrokenCase): Promise<void> {
  const clean = await askStream(stack, expected.scenario);
  expect(clean.text).toBe(expected.after);
  expect(clean.usage).toBeUndefined();
  holdError(clean.error, expected);
}

function holdError(error: CleanError | undefined, expected: BrokenCase): void {
  const row = errorTable[expected.kind];
  expect(error).toEqual({
    message: expect.stringContaining(expected.says) as unknown,
    type: row.type,
    param: null,
    code: expected.code ?? row.code,
  });
  expect(error?.message).not.toMatch(/sk-or-|127\.0\.0\.1|\.ts:|\n/);
}

/** Fragments with the same index and type, one after the other, are one detail (openrouter.md §5.5). */
function joinDetails(fragments: readonly unknown[] | undefined): Json[] | undefined {
  const whole: Json[] = [];
  for (const fragment of (fragments ?? []) as Json[]) {
    const last = whole.at(-1);
    if (last?.index !== fragment.index || last?.type !== fragment.type) whole.push({ ...fragment });
    else Object.assign(last as Json, fragment, { text: textOf(last) + textOf(fragment) });
  }
  return fragments && whole;
}

const textOf = ({ text }: Json = {}): string => (typeof text === 'string' ? text : '');
