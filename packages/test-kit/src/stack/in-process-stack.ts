/** Simulator, controller, worker and API server in one process, over real HTTP on free ports. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apiServerDefinition } from '@orcestator/api-server';
import { controllerDefinition } from '@orcestator/controller';
import { startSimulator, type SimulatorOptions } from '@orcestator/openrouter-simulator';
import {
  createRedact,
  loadConfig,
  type Listening,
  type ServiceConfig,
  type ServiceDefinition,
  type ServiceKit,
} from '@orcestator/service-kit';
import {
  createRecordingLogger,
  createTestKit,
  eventually,
  startApp,
  type ManualClock,
  type RecordingLogger,
} from '@orcestator/service-kit/testing';
import { workerDefinition } from '@orcestator/worker';

/** A service that runs in this process. */
export interface RunningService {
  readonly url: string;
  readonly logger: RecordingLogger;
  /** Signs off, lets running requests end, closes. */
  readonly stop: () => Promise<void>;
}

export async function runInProcess<C extends ServiceConfig>(
  definition: ServiceDefinition<C>,
  env: Record<string, string>,
  kit: Partial<ServiceKit> = {},
): Promise<RunningService> {
  const sources = { argv: [], env, dotEnv: {} };
  const loaded = loadConfig(definition.description, definition.table, sources, definition.check);
  if (!loaded.ok) throw new Error(loaded.output);
  const logger = createRecordingLogger();
  const redact = createRedact(definition.secrets(loaded.config));
  const service = definition.create(loaded.config, createTestKit({ logger, redact, ...kit }));
  const listening: Listening = await startApp(service.listener);
  service.started?.(listening);
  return {
    url: listening.url,
    logger,
    stop: async () => {
      await service.stopping?.();
      await listening.close();
      await service.stopped?.();
    },
  };
}

type Simulator = Awaited<ReturnType<typeof startSimulator>>;

export interface StackOptions {
  readonly simulator?: SimulatorOptions;
  /** Settings of all three services. */
  readonly env?: Record<string, string>;
  /** In place of the real time of worker and API server. */
  readonly clock?: ManualClock;
}

/** No delays, no comments: what a test wants unless it is about them. */
export const immediately: SimulatorOptions = { tokenDelay: 0, firstTokenDelay: 0, commentInterval: 0 };

export class InProcessStack {
  readonly #folder = mkdtempSync(join(tmpdir(), 'stack-'));
  readonly #env: Record<string, string>;
  readonly #kit: Partial<ServiceKit>;
  readonly simulator: Simulator;
  controller!: RunningService;
  worker!: RunningService;
  api!: RunningService;

  private constructor(simulator: Simulator, { env, clock }: StackOptions) {
    this.simulator = simulator;
    this.#kit = clock ? { clock } : {};
    this.#env = {
      OR_API_KEY: 'sk-or-v1-of-the-tests',
      OR_BASE_URL: simulator.url,
      OR_LOG_FILE: this.logFile,
      ...env,
    };
  }

  /** Resolves when the worker has registered. */
  static async start(options: StackOptions = {}): Promise<InProcessStack> {
    const stack = new InProcessStack(await startSimulator(options.simulator ?? immediately), options);
    stack.controller = await runInProcess(controllerDefinition, stack.#env);
    stack.worker = await stack.startWorker();
    stack.api = await runInProcess(apiServerDefinition, stack.#settings(), stack.#kit);
    // The worker registers as soon as its time moves.
    await options.clock?.advance(0);
    await eventually(async () => (await fetch(`${stack.api.url}/health`)).ok);
    return stack;
  }

  get logFile(): string {
    return join(this.#folder, 'traffic.log');
  }

  startWorker(env: Record<string, string> = {}): Promise<RunningService> {
    return runInProcess(workerDefinition, { ...this.#settings(), ...env }, this.#kit);
  }

  chat(fields: object = {}, init: RequestInit = {}): Promise<Response> {
    const body = { model: 'orcestator', messages: [{ role: 'user', content: 'Say hello' }], ...fields };
    return fetch(`${this.api.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify(body),
      ...init,
    });
  }

  async stop(): Promise<void> {
    await this.api.stop();
    await this.worker.stop();
    await this.controller.stop();
    await this.simulator.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #settings(): Record<string, string> {
    return { ...this.#env, OR_CONTROLLER_URL: this.controller.url };
  }
}
