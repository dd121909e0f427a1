/** This machine as `copilot` and `doctor` see it; tests give another. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import type { FolderSources } from './copilot/user-folders';

export interface Machine {
  /** `process.platform`. */
  readonly platform: string;
  readonly home: string;
  readonly now: () => Date;
}

export function thisMachine(env: NodeJS.ProcessEnv): Machine {
  const { platform } = process;
  // Git Bash sets a HOME of its own on Windows; programs there go by USERPROFILE.
  const home = (platform === 'win32' ? env.USERPROFILE : env.HOME) || homedir();
  return { platform, home, now: () => new Date() };
}

export function folderSources(machine: Machine, env: NodeJS.ProcessEnv): FolderSources {
  return {
    platform: machine.platform,
    home: machine.home,
    env,
    exists: existsSync,
    list: (path) => quietly(() => readdirSync(path)) ?? [],
    readText: (path) => quietly(() => readFileSync(path, 'utf8')),
  };
}

function quietly<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
