/** The simulator and the three services as processes of their own, at ports of their own, in an empty folder. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, TestProcess } from './process-stack';

const names = ['openrouter-simulator', 'controller', 'worker', 'api-server'] as const;
export type ProcessName = (typeof names)[number];

export class FourProcesses {
  private constructor(
    readonly folder: string,
    readonly processes: ReadonlyMap<ProcessName, TestProcess>,
    readonly apiPort: number,
    /** The simulator's address, without a slash at its end. */
    readonly simulatorUrl: string,
  ) {}

  /** Resolves when the worker is registered. `settings` may name files in the folder. */
  static async start(settings: (folder: string) => Record<string, string>): Promise<FourProcesses> {
    const folder = mkdtempSync(join(tmpdir(), 'orcestator-'));
    const [simulator = 0, controller = 0, worker = 0, api = 0] = await freePorts(names.length);
    const env = {
      OR_HOST: '127.0.0.1',
      OR_PORT: String(api),
      OR_CONTROLLER_PORT: String(controller),
      OR_WORKER_PORT: String(worker),
      OR_SIMULATOR_PORT: String(simulator),
      OR_CONTROLLER_URL: `http://127.0.0.1:${controller}`,
      OR_BASE_URL: `http://127.0.0.1:${simulator}/api/v1`,
      OR_API_KEY: 'sk-or-v1-four-processes',
      ...settings(folder),
    };
    const started = names.map(
      (name) => [name, new TestProcess(`${name}/dist/main.js`, [], env, folder)] as const,
    );
    const stack = new FourProcesses(folder, new Map(started), api, `http://127.0.0.1:${simulator}`);
    try {
      for (const [, one] of started) await one.hasPrinted('listening');
      await stack.processes.get('worker')?.hasPrinted('registered at the controller');
      return stack;
    } catch (error) {
      await stack.end();
      throw error;
    }
  }

  async end(): Promise<void> {
    for (const one of this.processes.values()) await one.end();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
