/** The kind that asks an OpenAI-compatible upstream: the contract of all kinds, against the simulator. */
import { startSimulator } from '@orcestator/openrouter-simulator';
import { createStreamClient, systemClock } from '@orcestator/service-kit';
import { createRecordingLogger } from '@orcestator/service-kit/testing';
import { describeWorkerKind } from './kind.contract';
import { OpenAiCompatibleWorker } from './openai-compatible-worker';

let simulator: Awaited<ReturnType<typeof startSimulator>>;
beforeAll(async () => {
  simulator = await startSimulator({ tokenDelay: 1, firstTokenDelay: 0, commentInterval: 0 });
});
afterAll(() => simulator.close());

const minute = 60_000;

describeWorkerKind(
  'OpenAiCompatibleWorker',
  () =>
    new OpenAiCompatibleWorker({
      baseUrl: simulator.url,
      apiKey: 'sk-or-v1-testkey',
      appUrl: '',
      appTitle: '',
      defaultModel: 'openai/gpt-4o',
      utilityModel: '',
      embeddingModel: 'openai/text-embedding-3-small',
      fallbackModels: [],
      limits: {
        connect: minute,
        firstByte: minute,
        byteIdle: minute,
        contentIdle: minute,
        total: minute,
        finishLinger: 100,
      },
      client: createStreamClient({ connectTimeout: minute, keepAliveTimeout: 1_000 }),
      clock: systemClock,
      clean: (text) => text,
      logger: createRecordingLogger(),
      maxRetries: 0,
      longestWait: 0,
      random: () => 0,
      onRetry: () => undefined,
      onUpstreamError: () => undefined,
    }),
);
