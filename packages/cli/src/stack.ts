/** Which processes make up the gateway, and what each is told. */
import type { StackConfig } from './config';

/** A process to be kept running. */
export interface ProcessSpec {
  /** Shown before its lines. */
  readonly name: string;
  /** The package's entry file. */
  readonly module: string;
  /** Set on top of the environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** A key in the form of OpenRouter's, good for the simulator only. */
const DEMO_KEY = 'sk-or-v1-demo-key-of-the-simulator';

/** The three services; in the demo the simulator too, to which the worker is pointed. */
export function stackOf(config: StackConfig, isDemo: boolean): ProcessSpec[] {
  const controllerUrl = `http://127.0.0.1:${config.controllerPort}`;
  const shared = { OR_CONTROLLER_PORT: String(config.controllerPort), OR_CONTROLLER_URL: controllerUrl };
  const upstream: Record<string, string> = isDemo
    ? { OR_BASE_URL: `http://127.0.0.1:${config.simulatorPort}/api/v1`, OR_API_KEY: DEMO_KEY }
    : {};
  const services: ProcessSpec[] = [
    { name: 'controller', module: '@orcestator/controller/main', env: shared },
    {
      name: 'worker',
      module: '@orcestator/worker/main',
      env: { ...shared, ...upstream, OR_WORKER_PORT: String(config.workerPort) },
    },
    {
      name: 'api',
      module: '@orcestator/api-server/main',
      env: { ...shared, OR_HOST: config.host, OR_PORT: String(config.port) },
    },
  ];
  if (!isDemo) return services;
  const env = { OR_SIMULATOR_PORT: String(config.simulatorPort) };
  return [{ name: 'simulator', module: '@orcestator/openrouter-simulator/main', env }, ...services];
}
