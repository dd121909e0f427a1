/** The worker's HTTP application: one worker, passed in, no global (F9). */
import { randomBytes } from 'node:crypto';
import { workerHops } from '@orcestator/protocol';
import { createHttpApp, requireClusterToken, type ServiceKit } from '@orcestator/service-kit';
import type { Express } from 'express';
import type { BaseModelWorker } from './base-model-worker';
import { PromptCounter } from './fastchat/count-prompt';
import { createReasoningCache } from './reasoning/reasoning-cache';
import type { Recorder } from './recording';
import { createChatCompletionsRouter } from './routes/chat-completions';
import { createHealthRouter } from './routes/health';
import { createTextsRouter } from './routes/texts';
import { createWorkerFactsRouter } from './routes/worker-facts';
import { createWorkerGenerateRouter } from './routes/worker-generate';
import { createWorkerStatusRouter } from './routes/worker-status';

/** A long agent session makes some hundred tool calls; details are kilobytes each. */
const REASONING_LIMITS = { entries: 5_000, characters: 32 * 1024 * 1024 };

export interface WorkerAppOptions {
  readonly worker: BaseModelWorker;
  readonly record: Recorder;
  /** Characters of each text of a streamed answer that are kept for its record. */
  readonly recordedTextLimit: number;
  /** What a caller must show; empty = anyone may call. */
  readonly clusterToken: () => string;
  /** Largest request body in bytes. */
  readonly bodyLimit: number;
  readonly kit: ServiceKit;
}

export function createWorkerApp(options: WorkerAppOptions): Express {
  const { worker, record, recordedTextLimit, kit, bodyLimit } = options;
  const { kind, limit } = worker;
  const { clock, stopSignal } = kit;
  const reasoning = createReasoningCache(REASONING_LIMITS);
  const counter = new PromptCounter();
  const templateWord = randomBytes(8).toString('hex');
  const serving = { kind, limit, record, recordedTextLimit, clock, bodyLimit, stopSignal };
  return createHttpApp({
    ...kit,
    metricPrefix: 'orcestator_worker',
    hops: workerHops,
    routers: [
      createHealthRouter(worker),
      requireClusterToken(options.clusterToken),
      createWorkerStatusRouter(worker, clock.now()),
      createChatCompletionsRouter({ ...serving, reasoning }),
      createTextsRouter(serving),
      createWorkerGenerateRouter({ ...serving, counter }),
      createWorkerFactsRouter({ kind, counter, templateWord, bodyLimit }),
    ],
  });
}
