/** `POST /api/v1/token_check` (FastChat): does each prompt fit into its model's context? */
import { isRecord, OrcestatorError, type JsonRecord } from '@orcestator/protocol';
import { Router } from 'express';
import type { ModelRequest } from '../drivers/driver';
import { readInteger } from '../fastchat/read-fields';
import type { CountTokens } from '../fastchat/token-counter';
import { bodyOf, bodyParser, readFields, watchRequest, workerHeaders } from '../relay/serve-model';

export interface TokenCheckOptions {
  readonly countTokens: CountTokens;
  /** Bytes. */
  readonly bodyLimit: number;
  readonly stopSignal: AbortSignal;
}

interface Item {
  readonly model: string;
  readonly prompt: string;
  readonly maxTokens: number;
}

export function createTokenCheckRouter({ countTokens, bodyLimit, stopSignal }: TokenCheckOptions): Router {
  const router = Router();
  router.post('/api/v1/token_check', bodyParser(bodyLimit), async (request, response) => {
    const items = readItems(readFields(bodyOf(request)));
    const life = watchRequest(response, stopSignal);
    const headers: ModelRequest['headers'] = workerHeaders(request, response);
    try {
      const prompts: object[] = [];
      for (const { model, prompt, maxTokens } of items) {
        const { context, count } = await countTokens(model, prompt, headers, life.signal);
        prompts.push({ fits: count + maxTokens <= context, tokenCount: count, contextLength: context });
      }
      response.json({ prompts });
    } finally {
      life.release();
    }
  });
  return router;
}

function readItems({ prompts }: JsonRecord): Item[] {
  if (!Array.isArray(prompts)) throw invalid('"prompts" must be a list.');
  return prompts.map((item: unknown, place) => {
    if (!isRecord(item) || typeof item.model !== 'string' || typeof item.prompt !== 'string') {
      throw invalid(`prompts[${place}] must have "model", "prompt" and "max_tokens".`);
    }
    const maxTokens = readInteger(item, 'max_tokens', undefined);
    if (maxTokens === undefined) throw invalid(`prompts[${place}].max_tokens is missing.`);
    return { model: item.model, prompt: item.prompt, maxTokens };
  });
}

function invalid(message: string): OrcestatorError {
  return new OrcestatorError('invalid_request', message, { param: 'prompts' });
}
