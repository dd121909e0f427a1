/** `/v1/embeddings` over the text path (FastChat: `create_embeddings`). */
import { isRecord, ORCESTATOR_MODEL, workerPaths } from '@orcestator/protocol';
import { WorkerStatusError } from '../drivers/driver';
import type { Ask } from './ask';
import { isError } from './frames/frame-decoder';
import { jsonAnswer, upstreamModelHeader } from '../drivers/json-answer';
import { readText, readTexts } from './read-fields';
import { toWorkerError } from './worker-error';

/** FastChat's `WORKER_API_EMBEDDING_BATCH_SIZE`: texts in one call to the worker. */
const BATCH_SIZE = 4;

export const askEmbeddings: Ask = async ({ request, fields, calls }) => {
  const { model, signal, firstByteTimeout: timeout } = request;
  const input = readTexts(fields, 'input');
  const encodingFormat = readText(fields, 'encoding_format');
  const embeddings: unknown[] = [];
  let tokens = 0;
  for (let from = 0; from < input.length; from += BATCH_SIZE) {
    const batch = input.slice(from, from + BATCH_SIZE);
    const body = { model, input: batch, encoding_format: encodingFormat };
    const answer = await calls.post(workerPaths.getEmbeddings, body, { signal, timeout });
    if (isRecord(answer) && isError(answer)) {
      throw toWorkerError(Number(answer.error_code), typeof answer.text === 'string' ? answer.text : '');
    }
    if (!isRecord(answer) || !Array.isArray(answer.embedding)) {
      throw new WorkerStatusError(workerPaths.getEmbeddings, 200);
    }
    embeddings.push(...(answer.embedding as unknown[]));
    tokens += typeof answer.token_num === 'number' ? answer.token_num : 0;
  }
  const data = embeddings.map((embedding, index) => ({ object: 'embedding', embedding, index }));
  const usage = { prompt_tokens: tokens, total_tokens: tokens };
  const body = { object: 'list', data, model: ORCESTATOR_MODEL, usage };
  return jsonAnswer(200, body, upstreamModelHeader(model));
};
