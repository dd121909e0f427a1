/** `POST /list_models`, `/list_multimodal_models`, `/list_language_models`, `GET /v1/models`: names, never patterns. Bodies are ignored. */
import { controllerPaths, toModelList, workerPaths, type ListModelsAnswer } from '@orcestator/protocol';
import { Router } from 'express';
import type { Controller } from '../controller';

export function createListModelsRouter(controller: Controller, startedAt: Date): Router {
  const router = Router();
  const created = Math.floor(startedAt.getTime() / 1000);
  const answer = (path: string, list: () => string[]): void => {
    router.post(path, (_request, response) => {
      response.json({ models: list() } satisfies ListModelsAnswer);
    });
  };
  answer(controllerPaths.listModels, () => controller.listModels());
  answer(controllerPaths.listMultimodalModels, () => controller.listMultimodalModels());
  answer(controllerPaths.listLanguageModels, () => controller.listLanguageModels());
  // As a worker of another controller it is one that speaks OpenAI's protocol too.
  router.get(workerPaths.models, (_request, response) => {
    response.json(toModelList(controller.listModels(), created));
  });
  return router;
}
