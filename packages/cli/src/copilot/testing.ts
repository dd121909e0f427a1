/** A user's machine with VS Code on it, and a simulated OpenRouter: what the tests of `orcestator copilot` run on. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSimulator, type RunningSimulator } from '@orcestator/openrouter-simulator';
import { createCopilotCommand } from '../commands/copilot';
import { machineAt, runCommand, temporaryFolder, type Outcome } from '../testing';

/** The first group of `chatLanguageModels.json`. */
export interface WrittenGroup extends Record<string, unknown> {
  readonly models: Record<string, unknown>[];
}

export class CopilotBench {
  #simulator: RunningSimulator | undefined;
  #home = { path: '', remove: (): void => undefined };

  async open(): Promise<void> {
    this.#simulator = await startSimulator();
  }

  async close(): Promise<void> {
    await this.#simulator?.close();
  }

  /** A fresh home with an empty user folder in it. */
  prepare(): void {
    this.#home = temporaryFolder();
    mkdirSync(this.user, { recursive: true });
  }

  cleanUp(): void {
    this.#home.remove();
  }

  get home(): string {
    return this.#home.path;
  }

  get user(): string {
    return join(this.home, '.config', 'Code', 'User');
  }

  get models(): string {
    return join(this.user, 'chatLanguageModels.json');
  }

  get settings(): string {
    return join(this.user, 'settings.json');
  }

  run(argv: readonly string[], env: Record<string, string> = {}, home = this.home): Promise<Outcome> {
    const command = createCopilotCommand(machineAt(home));
    return runCommand(command, argv, {
      env: { OR_BASE_URL: this.#simulator?.url ?? '', ...env },
      folder: home,
    });
  }

  read(path: string): unknown {
    return JSON.parse(readFileSync(path, 'utf8'));
  }

  group(): WrittenGroup {
    return (this.read(this.models) as WrittenGroup[])[0] ?? { models: [] };
  }
}
