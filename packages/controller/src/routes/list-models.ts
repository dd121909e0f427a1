/** `POST /list_models`, `/list_multimodal_models`, `/list_language_models`: names, never patterns. Bodies are ignored. */
import { controllerPaths, type ListModelsAnswer } from '@orcestator/protocol';
import { Router } from 'express';
import type { Controller } from '../controller';

export function createListModelsRouter(controller: Controller): Router {
  const router = Router();
  const answer = (path: string, list: () => string[]): void => {
    router.post(path, (_request, response) => {
      response.json({ models: list() } satisfies ListModelsAnswer);
    });
  };
  answer(controllerPaths.listModels, () => controller.listModels());
  answer(controllerPaths.listMultimodalModels, () => controller.listMultimodalModels());
  answer(controllerPaths.listLanguageModels, () => controller.listLanguageModels());
  return router;
}
