/** The real world of the checks. */
import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { readDotEnv, type StreamClient } from '@orcestator/service-kit';
import { askJson, type JsonAnswer } from '../ask-json';
import type { CommandContext } from '../command';
import { DEFAULT_PROFILE, findUserFolders, type UserFolder } from '../copilot/user-folders';
import { folderSources, type Machine } from '../machine';
import { mayHaveKey } from '../upstream-client';
import { readDoctorConfig, settingsProblems, type DoctorConfig } from './config';
import { ownerOfPort, probePort } from './port-probe';
import type { DoctorWorld, FileProbe } from './world';

/** Milliseconds: the upstream may be far, the services are near. */
const UPSTREAM_TIMEOUT_MS = 8_000;
const SERVICE_TIMEOUT_MS = 2_000;

export interface WorldParts {
  readonly context: Pick<CommandContext, 'env' | 'folder'>;
  readonly machine: Machine;
  readonly upstream: (config: Readonly<DoctorConfig>) => StreamClient;
  readonly local: StreamClient;
  /** `--user-dir`; empty = look for it. */
  readonly userDir: string;
}

function named(path: string): UserFolder {
  return { product: 'code', productName: 'VS Code', profile: DEFAULT_PROFILE, path };
}

export function createWorld({ context, machine, upstream, local, userDir }: WorldParts): DoctorWorld {
  const { env, folder } = context;
  const dotEnv = quietly(() => readDotEnv(folder)) ?? {};
  const config = readDoctorConfig(env, dotEnv);
  return {
    config,
    settingsProblems: settingsProblems(env, dotEnv),
    env,
    folder,
    dotEnv: quietly(() => readFileSync(join(folder, '.env'))),
    nodeVersion: process.versions.node,
    arch: process.arch,
    platform: machine.platform,
    now: machine.now,
    askUpstream: askOnce(upstream(config), config),
    askService: (url) => askJson(local, { url, timeout: SERVICE_TIMEOUT_MS }).catch(() => undefined),
    probePort,
    ownerOfPort: (port) => ownerOfPort(port, machine.platform),
    files,
    loadSqlite,
    userFolders: userDir === '' ? findUserFolders(folderSources(machine, env)) : [named(userDir)],
  };
}

/** Several checks look at the same answer; half a megabyte is fetched once. */
function askOnce(
  client: StreamClient,
  { baseUrl, apiKey }: Readonly<DoctorConfig>,
): DoctorWorld['askUpstream'] {
  const answers = new Map<string, Promise<JsonAnswer>>();
  const headers: Record<string, string> =
    apiKey !== '' && mayHaveKey(apiKey, baseUrl) ? { authorization: `Bearer ${apiKey}` } : {};
  return (path) => {
    const answer =
      answers.get(path) ?? askJson(client, { url: baseUrl + path, headers, timeout: UPSTREAM_TIMEOUT_MS });
    answers.set(path, answer);
    return answer;
  };
}

const files: FileProbe = {
  exists: existsSync,
  isFolder: (path) => quietly(() => statSync(path).isDirectory()) ?? false,
  isWritable: (path) => quietly(() => accessSync(path, constants.W_OK) ?? true) ?? false,
  freeBytes: async (path) => {
    const place = await statfs(path).catch(() => undefined);
    return place && place.bavail * place.bsize;
  },
};

/** From where the audit finds it: pnpm gives a module to the package that names it, and to no other. */
function loadSqlite(): unknown {
  const routes = [
    ['@orcestator/worker', '@orcestator/audit', 'sqlite3'],
    ['@orcestator/worker', 'sqlite3'],
    ['sqlite3'],
  ];
  let reason: unknown;
  for (const route of routes) {
    try {
      let require = createRequire(__filename);
      for (const step of route.slice(0, -1)) require = createRequire(require.resolve(step));
      return require(route.at(-1) ?? '') as unknown;
    } catch (error) {
      // The first route that gets to the module knows best what is the matter with it.
      reason ??= error;
    }
  }
  throw reason;
}

function quietly<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
