/** The smallest OpenAI-compatible server, with Ollama's habits. */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { startApp } from '@orcestator/service-kit/testing';

interface ChatBody {
  model: string;
  stream?: boolean;
  stream_options?: { include_usage?: boolean };
}

export interface FakeOpenAiServer {
  readonly url: string;
  /** What it lists; Ollama says `data: null` where there is nothing. */
  models: string[];
  /** Milliseconds between two words. */
  wordDelay: number;
  /** Chat requests that were begun, and those whose client left. */
  readonly chats: { headers: IncomingHttpHeaders; body: ChatBody; isCut: boolean }[];
  close(): Promise<void>;
}

/** Words of each answer. */
const WORDS = ['Hel', 'lo', ' there'];

/** `prefix` stands before `/v1`, as behind a reverse proxy. */
export async function startOpenAiServer(models: string[], prefix = ''): Promise<FakeOpenAiServer> {
  const server: FakeOpenAiServer = {
    url: '',
    models,
    wordDelay: 0,
    chats: [],
    close: () => Promise.resolve(),
  };
  const listening = await startApp((request, response) => {
    const path = `${request.method} ${request.url}`;
    if (path === `GET ${prefix}/v1/models`) return void answerJson(response, 200, modelList(server.models));
    if (path === `POST ${prefix}/v1/chat/completions`) return void answerChat(server, request, response);
    response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found');
  });
  return Object.assign(server, { url: listening.url + prefix, close: listening.close });
}

function modelList(models: readonly string[]): object {
  const data = models.map((id) => ({ id, object: 'model', created: 1764151000, owned_by: 'library' }));
  return { object: 'list', data: data.length > 0 ? data : null };
}

function answerJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function answerChat(
  server: FakeOpenAiServer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readChat(request);
  const chat = { headers: request.headers, body, isCut: false };
  server.chats.push(chat);
  response.once('close', () => (chat.isCut = !response.writableEnded));
  if (!server.models.some((model) => [body.model, `${body.model}:latest`].includes(model))) {
    const message = `model "${body.model}" not found, try pulling it first`;
    return answerJson(response, 404, { error: { message, type: 'api_error', param: null, code: null } });
  }
  const base = {
    id: 'chatcmpl-591',
    created: 1764151000,
    model: body.model,
    system_fingerprint: 'fp_ollama',
  };
  const usage = { prompt_tokens: 11, completion_tokens: 3, total_tokens: 14 };
  if (!body.stream) {
    const message = { role: 'assistant', content: WORDS.join('') };
    const choices = [{ index: 0, message, finish_reason: 'stop' }];
    return answerJson(response, 200, { ...base, object: 'chat.completion', choices, usage });
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const send = (fields: object): void => {
    response.write(`data: ${JSON.stringify({ ...base, object: 'chat.completion.chunk', ...fields })}\n\n`);
  };
  const delta = (content: string, finish_reason: string | null = null): void =>
    send({ choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason }] });
  for (const word of WORDS) {
    delta(word);
    if (server.wordDelay > 0) await new Promise((resolve) => setTimeout(resolve, server.wordDelay));
  }
  delta('', 'stop');
  if (body.stream_options?.include_usage) send({ choices: [], usage });
  response.end('data: [DONE]\n\n');
}

async function readChat(request: IncomingMessage): Promise<ChatBody> {
  const pieces: Buffer[] = [];
  for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
  return JSON.parse(Buffer.concat(pieces).toString()) as ChatBody;
}
