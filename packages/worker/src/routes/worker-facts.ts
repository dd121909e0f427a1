/** What FastChat's API server asks before it generates: `/worker_get_conv_template`, `/model_details`, `/count_token`. */
import {
  isRecord,
  OrcestatorError,
  workerPaths,
  type CountTokenAnswer,
  type JsonRecord,
  type ModelDetailsAnswer,
} from '@orcestator/protocol';
import { json, Router, type Request } from 'express';
import { createConvTemplate } from '../fastchat/conv-template';
import type { PromptCounter } from '../fastchat/count-prompt';
import { modelOf } from '../fastchat/to-chat-body';
import type { WorkerKind } from '../kinds/worker-kind';

export interface WorkerFactsOptions {
  readonly kind: WorkerKind;
  readonly counter: PromptCounter;
  /** Hard to guess; letters, digits, `-` and `_`. */
  readonly templateWord: string;
  /** Largest request body in bytes. */
  readonly bodyLimit: number;
}

export function createWorkerFactsRouter(options: WorkerFactsOptions): Router {
  const { kind, counter } = options;
  const router = Router();
  const conv = createConvTemplate(options.templateWord);
  const body = json({ limit: options.bodyLimit, type: () => true });
  router.post(workerPaths.getConvTemplate, (_request, response) => void response.json({ conv }));
  router.post(workerPaths.modelDetails, body, async (request, response) => {
    const { contextLength } = await kind.getModelFacts(modelOf(fieldsOf(request)));
    response.json({ context_length: contextLength } satisfies ModelDetailsAnswer);
  });
  router.post(workerPaths.countToken, body, async (request, response) => {
    const fields = fieldsOf(request);
    if (typeof fields.prompt !== 'string')
      throw new OrcestatorError('invalid_request', '"prompt" must be a text.', { param: 'prompt' });
    const { upstreamModel } = await kind.getModelFacts(modelOf(fields));
    const count = await counter.count(fields.prompt, upstreamModel);
    response.json({ count, error_code: 0 } satisfies CountTokenAnswer);
  });
  return router;
}

/** Some callers send no body to `/model_details`. */
function fieldsOf(request: Request): JsonRecord {
  return isRecord(request.body) ? request.body : {};
}
