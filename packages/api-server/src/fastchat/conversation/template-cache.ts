/** The conversation templates of workers (FastChat: `get_conv`, which keeps them for ever and without limit). */
import { workerPaths, type ConversationTemplate } from '@orcestator/protocol';
import type { Clock } from '@orcestator/service-kit';
import { WorkerStatusError } from '../../drivers/driver';
import { createExpiringCache } from '../../drivers/expiring-cache';
import type { CallOptions, WorkerCalls } from '../worker-calls';
import { readTemplate } from './read-template';

export interface TemplateCache {
  get(
    address: string,
    model: string,
    calls: WorkerCalls,
    options: CallOptions,
  ): Promise<ConversationTemplate>;
  /** The worker failed, so it may come back with another template. */
  forget(address: string): void;
}

/** Milliseconds: a worker that was restarted with another template is understood after this at the latest. */
const LIFETIME = 30_000;
const REMEMBERED_TEMPLATES = 500;

export function createTemplateCache(clock: Clock): TemplateCache {
  const templates = createExpiringCache<ConversationTemplate>(clock, LIFETIME, REMEMBERED_TEMPLATES);
  return {
    get: async (address, model, calls, options) => {
      const key = `${address}\n${model}`;
      const remembered = templates.get(key);
      if (remembered) return remembered;
      const template = readTemplate(await calls.post(workerPaths.getConvTemplate, { model }, options));
      if (!template) throw new WorkerStatusError(workerPaths.getConvTemplate, 200);
      templates.set(key, template);
      return template;
    },
    forget: (address) => templates.drop((key) => key.startsWith(`${address}\n`)),
  };
}
