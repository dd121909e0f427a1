/** A controller on a free port, for tests. */
import { loadConfig, type Logger, type ServiceKit } from '@orcestator/service-kit';
import { createTestKit, startApp } from '@orcestator/service-kit/testing';
import { controllerConfig, type ControllerConfig } from '../config';
import { controllerDefinition } from '../definition';

export interface TestController {
  readonly url: string;
  readonly kit: ServiceKit & { logger: Logger };
  /** Answers the parsed body and the status. */
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  /** What `runService` calls first at shutdown. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** `undefined` where the text is not JSON. */
  readonly json: unknown;
}

export async function startController(
  settings: Partial<ControllerConfig> = {},
  parts: Partial<ServiceKit> = {},
): Promise<TestController> {
  const kit = createTestKit(parts);
  const service = controllerDefinition.create({ ...defaults(), settleTime: 0, ...settings }, kit);
  const listening = await startApp(service.listener);
  service.started?.(listening);
  const stop = async (): Promise<void> => service.stopping?.();
  return {
    url: listening.url,
    kit,
    post: (path, body, headers) =>
      call(listening.url + path, { method: 'POST', body: encode(body), headers }),
    get: (path, headers) => call(listening.url + path, { headers }),
    stop,
    close: async () => {
      await stop();
      await listening.close();
      await service.stopped?.();
    },
  };
}

function defaults(): Readonly<ControllerConfig> {
  const sources = { argv: [], env: {}, dotEnv: {} };
  const loaded = loadConfig(controllerDefinition.description, controllerConfig, sources);
  if (!loaded.ok) throw new Error(loaded.output);
  return loaded.config;
}

/** A text goes as it is, so that a test can send what is not JSON. */
function encode(body: unknown): string | undefined {
  return body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
}

async function call(url: string, init: RequestInit): Promise<Answer> {
  const answer = await fetch(url, init);
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, json: parse(text) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
