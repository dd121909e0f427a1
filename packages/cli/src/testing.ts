/** A command run as a terminal would run it, on a machine that the test makes up. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { CliCommand } from './command';
import type { Machine } from './machine';

/** A folder that is gone after the test. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'orcestator-cli-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Record<string, string>;
  /** Where `.env` would be. */
  readonly folder: string;
  readonly isTerminal?: boolean;
  readonly columns?: number;
  readonly signal?: AbortSignal;
}

export async function runCommand(
  command: CliCommand,
  argv: readonly string[],
  options: RunOptions,
): Promise<Outcome> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const text = (stream: PassThrough): string => (stream.read() as Buffer | null)?.toString('utf8') ?? '';
  const exitCode = await command.run(argv, {
    env: options.env ?? {},
    folder: options.folder,
    stdout,
    stderr,
    isTerminal: options.isTerminal ?? false,
    columns: options.columns ?? 80,
    signal: options.signal ?? new AbortController().signal,
  });
  return { exitCode, stdout: text(stdout), stderr: text(stderr) };
}

export function machineAt(home: string, parts: Partial<Machine> = {}): () => Machine {
  return () => ({ platform: 'linux', home, now: () => new Date('2026-11-26T10:20:30Z'), ...parts });
}
