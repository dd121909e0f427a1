/** A worker of FastChat's for tests: answers its worker API from a script and remembers what it was asked. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { parseJson } from '@orcestator/protocol';
import { readBody } from './fakes';

export interface WorkerCall {
  readonly path: string;
  readonly body: unknown;
}

type Answer = string | ((response: ServerResponse, request: IncomingMessage) => void);

/** The template of a worker in ChatML (`conversation.py`). */
export const chatMlTemplate = {
  name: 'chatml-like',
  system_template: '<|im_start|>system\n{system_message}',
  system_message: '',
  roles: ['<|im_start|>user', '<|im_start|>assistant'],
  messages: [],
  offset: 0,
  sep_style: 10,
  sep: '<|im_end|>',
  sep2: null,
  stop_str: null,
  stop_token_ids: null,
};

export const frame = (text: string, fields: object = {}): string =>
  `${JSON.stringify({ text, error_code: 0, finish_reason: null, ...fields })}\0`;

export const usage = (prompt: number, completion: number): object => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  total_tokens: prompt + completion,
});

export class FastChatWorker {
  readonly calls: WorkerCall[] = [];
  /** Path → answer, or the answers to the next calls in turn; the last one stays. */
  readonly answers: Record<string, Answer | Answer[]> = {
    '/worker_get_status': JSON.stringify({ model_names: ['stub'], speed: 1, queue_length: 0 }),
    '/worker_get_conv_template': JSON.stringify({ conv: chatMlTemplate }),
    '/model_details': JSON.stringify({ context_length: 2048 }),
    '/count_token': JSON.stringify({ count: 5, error_code: 0 }),
    '/worker_generate': JSON.stringify({
      text: 'Hello',
      error_code: 0,
      usage: usage(5, 1),
      finish_reason: 'stop',
    }),
    '/worker_generate_stream':
      frame('Hel', { usage: usage(5, 1) }) + frame('Hello', { usage: usage(5, 2), finish_reason: 'stop' }),
  };

  readonly listener = (request: IncomingMessage, response: ServerResponse): void => {
    void readBody(request).then((body) => {
      const path = request.url ?? '';
      this.calls.push({ path, body: parseJson(body) ?? null });
      const answer = this.#next(path);
      if (answer === undefined) response.writeHead(404).end('{"detail":"Not Found"}');
      else if (typeof answer === 'string') response.end(answer);
      else answer(response, request);
    });
  };

  paths(): string[] {
    return this.calls.map(({ path }) => path);
  }

  #next(path: string): Answer | undefined {
    const answer = this.answers[path];
    if (!Array.isArray(answer)) return answer;
    return answer.length > 1 ? answer.shift() : answer[0];
  }
}

/** Events of a stream, `[DONE]` left out. */
export function eventsOf(body: string): Record<string, unknown>[] {
  return body
    .split('\n\n')
    .filter((event) => event.startsWith('data: {'))
    .map((event) => JSON.parse(event.slice('data: '.length)) as Record<string, unknown>);
}
