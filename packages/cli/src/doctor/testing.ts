/** A world in which everything is in order, for the tests of the checks; any part can be replaced. */
import type { JsonAnswer } from '../ask-json';
import type { Finding, DoctorCheck } from './check';
import { readDoctorConfig, settingsProblems, type DoctorConfig } from './config';
import type { DoctorWorld } from './world';

export const NOW = new Date('2026-11-26T10:00:00Z');
export const KEY = `sk-or-v1-${'0'.repeat(64)}`;

export type WorldChanges = Partial<Omit<DoctorWorld, 'config'>> & { readonly config?: Partial<DoctorConfig> };

export function answer(body: unknown, parts: Partial<JsonAnswer> = {}): JsonAnswer {
  return { status: 200, headers: { date: NOW.toUTCString() }, body, ...parts };
}

export const model = {
  id: 'openai/gpt-4o',
  context_length: 128_000,
  supported_parameters: ['tools'],
  architecture: { input_modalities: ['text', 'image'] },
};

export function createTestWorld({ config, ...parts }: WorldChanges = {}): DoctorWorld {
  const env = parts.env ?? {};
  return {
    config: { ...readDoctorConfig(env, {}), host: '127.0.0.1', apiKey: KEY, ...config },
    settingsProblems: settingsProblems(env, {}),
    env,
    folder: '/project',
    dotEnv: Buffer.from(`OR_API_KEY=${KEY}\n`),
    nodeVersion: '24.21.0',
    arch: 'x64',
    platform: 'linux',
    now: () => NOW,
    askUpstream: (path) =>
      Promise.resolve(
        answer({ data: path === '/key' ? { usage: 2, limit: null, limit_remaining: null } : [model] }),
      ),
    askService: () => Promise.resolve(undefined),
    probePort: () => Promise.resolve('free'),
    ownerOfPort: () => Promise.resolve(undefined),
    files: {
      exists: () => true,
      isFolder: (path) => !path.endsWith('.log') && !path.endsWith('.db'),
      isWritable: () => true,
      freeBytes: () => Promise.resolve(50 * 1024 ** 3),
    },
    loadSqlite: () => ({}),
    userFolders: [],
    ...parts,
  };
}

/** `level: text -> remedy`, a line a finding. */
export async function findingsOf(check: DoctorCheck, changes: WorldChanges = {}): Promise<string[]> {
  const findings: readonly Finding[] = await check.run(createTestWorld(changes));
  return findings.map(
    ({ level, text, remedy }) => `${level}: ${text}${remedy === undefined ? '' : ` -> ${remedy}`}`,
  );
}

/** The error that a call to a machine ends with. */
export function failing(code: string): () => Promise<never> {
  return () => Promise.reject(Object.assign(new Error('it failed'), { code }));
}
