/** `orcestator register` at FastChat's controller, which answers 200 whatever happens and knows no OpenAI-compatible servers. */
import type { RequestListener } from 'node:http';
import { parseRegisterWorkerRequest } from '@orcestator/protocol';
import { startApp } from '@orcestator/service-kit/testing';
import { startOpenAiServer } from '../fakes/openai-server';
import { runCommand } from '../stack/run-command';

it('tells it what the server serves', async () => {
  const models: string[] = [];
  const listener: RequestListener = (request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const answer = answers[request.url ?? '']?.(Buffer.concat(pieces).toString());
      response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' }).end(answer ?? '{}');
    });
  };
  const answers: Record<string, (body: string) => string> = {
    // As controller.py: without a status it asks the worker, which fails, and says nothing of it.
    '/register_worker': (body) => {
      models.push(...(parseRegisterWorkerRequest(JSON.parse(body)).worker_status?.model_names ?? []));
      return 'null';
    },
    '/list_models': () => JSON.stringify({ models }),
  };
  const [controller, ollama] = [await startApp(listener), await startOpenAiServer(['llama3:latest'])];
  const env = { OR_CONTROLLER_URL: controller.url };
  const { exitCode, stdout } = await runCommand('register', [`${ollama.url}/v1`], env, '.');
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining('модели теперь: llama3:latest')]);
  expect((await runCommand('workers', [], env, '.')).stderr).toContain('FastChat');
  await Promise.all([controller.close(), ollama.close()]);
});
