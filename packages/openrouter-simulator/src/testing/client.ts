/** A client for the tests that sees an answer as it came: pieces, headers, how the connection ended. */
import { request, type Agent, type IncomingHttpHeaders } from 'node:http';
import { systemClock } from '@orcestator/service-kit';
import type { SimulatorOptions } from '../options';
import { startSimulator, type RunningSimulator } from '../start-simulator';

export interface Seen {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** As the HTTP parser gave them: one for each chunk of the chunked body. */
  readonly pieces: readonly Buffer[];
  readonly text: string;
  /** `end`, or the code of the error that ended it. */
  readonly ending: string;
}

export interface Asked {
  readonly fields?: object;
  readonly headers?: Record<string, string>;
  readonly agent?: Agent;
  readonly path?: string;
  /** Leaves as soon as this holds for what has come. */
  readonly leaveWhen?: (text: string) => boolean;
}

export const HELLO = [{ role: 'user', content: 'Say hello!' }];

/** Posts a chat request for the model; streamed unless the fields say otherwise. */
export function ask(simulator: RunningSimulator, model: string, asked: Asked = {}): Promise<Seen> {
  const { fields, headers, agent, path = '/chat/completions', leaveWhen } = asked;
  const body = JSON.stringify({ model, stream: true, messages: HELLO, ...fields });
  return new Promise((resolve) => {
    let head = { status: 0, headers: {} as IncomingHttpHeaders };
    const pieces: Buffer[] = [];
    const text = (): string => Buffer.concat(pieces).toString('utf8');
    const settle = (ending: string): void => resolve({ ...head, pieces, text: text(), ending });
    const call = request(simulator.url + path, {
      method: 'POST',
      headers: { authorization: 'Bearer sk-test', 'content-type': 'application/json', ...headers },
      agent: agent ?? false,
    });
    const check = (): void => {
      if (leaveWhen?.(text())) call.destroy(Object.assign(new Error('left'), { code: 'LEFT' }));
    };
    call.on('error', (error: NodeJS.ErrnoException) => settle(error.code ?? error.message));
    call.on('response', (response) => {
      head = { status: response.statusCode ?? 0, headers: response.headers };
      response.on('error', (error: NodeJS.ErrnoException) => settle(error.code ?? error.message));
      response.on('data', (piece: Buffer) => {
        pieces.push(piece);
        check();
      });
      response.on('end', () => settle('end'));
      check();
    });
    call.end(body);
  });
}

/** The same without a stream, its body parsed. */
export async function askWhole(simulator: RunningSimulator, model: string, fields: object = {}) {
  const seen = await ask(simulator, model, { fields: { stream: false, ...fields } });
  return { ...seen, json: JSON.parse(seen.text) as Whole };
}

export interface Delta {
  readonly content?: string | null;
  readonly tool_calls?: readonly {
    index?: number;
    id?: string;
    function: { name?: string; arguments?: string };
  }[];
  readonly reasoning_details?: readonly object[];
}

export interface Chunk {
  readonly model: string;
  readonly error?: { readonly code: number | string; readonly message: string };
  /** A bare error frame has none. */
  readonly choices?: readonly {
    readonly delta: Delta;
    readonly finish_reason: string | null;
    readonly native_finish_reason: string | null;
  }[];
  readonly usage?: { readonly completion_tokens: number; readonly cost: number };
}

export interface Whole extends Omit<Chunk, 'choices'> {
  readonly choices: readonly {
    readonly finish_reason: string | null;
    readonly native_finish_reason: string | null;
    readonly error?: object;
    readonly message: Delta & { readonly content: string; readonly reasoning_details?: readonly object[] };
  }[];
}

/** The texts after `data: `, `[DONE]` too. */
export function eventsOf({ text }: Pick<Seen, 'text'>): string[] {
  return text.split('\n\n').flatMap((event) => (event.startsWith('data: ') ? [event.slice(6)] : []));
}

export function chunksOf(seen: Pick<Seen, 'text'>): Chunk[] {
  return eventsOf(seen)
    .filter((event) => event !== '[DONE]')
    .map((event) => JSON.parse(event) as Chunk);
}

export const contentOf = (seen: Pick<Seen, 'text'>): string =>
  chunksOf(seen)
    .map(({ choices }) => choices?.[0]?.delta.content ?? '')
    .join('');

/** Arguments by the index of their call. */
export function argumentsOf(seen: Pick<Seen, 'text'>): string[] {
  const calls: string[] = [];
  for (const { choices } of chunksOf(seen))
    for (const { index = 0, function: fragment } of choices?.[0]?.delta.tool_calls ?? [])
      calls[index] = (calls[index] ?? '') + (fragment.arguments ?? '');
  return calls;
}

/** No delays, no comments. */
export const immediately: SimulatorOptions = { tokenDelay: 0, firstTokenDelay: 0, commentInterval: 0 };

/** Answers of the second `seconds`, with ids of twenty times the letter. */
export function fixed(seconds: number, letter: string): SimulatorOptions {
  const index = letter.charCodeAt(0) - 'A'.charCodeAt(0);
  return {
    ...immediately,
    clock: { ...systemClock, now: () => new Date(seconds * 1000) },
    random: () => (index + 0.5) / 62,
  };
}

/** A simulator for all tests of a file. */
export function useSimulator(options: SimulatorOptions = immediately): {
  readonly running: RunningSimulator;
} {
  const stage = {} as { running: RunningSimulator };
  beforeAll(async () => {
    stage.running = await startSimulator(options);
  });
  afterEach(() => stage.running.simulator.reset());
  afterAll(() => stage.running.close());
  return stage;
}
