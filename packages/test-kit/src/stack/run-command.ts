/** A subcommand of `orcestator` in this process, with its output kept. */
import { PassThrough } from 'node:stream';
import { commands } from '@orcestator/cli';

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export async function runCommand(
  name: string,
  argv: readonly string[],
  env: Record<string, string>,
  folder: string,
): Promise<CommandResult> {
  const command = commands.find((candidate) => candidate.name === name);
  if (!command) throw new Error(`there is no command ${name}`);
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const exitCode = await command.run(argv, {
    env,
    folder,
    stdout,
    stderr,
    isTerminal: false,
    columns: 100,
    signal: new AbortController().signal,
  });
  const textOf = (stream: PassThrough): string => String(stream.read() ?? '');
  return { exitCode, stdout: textOf(stdout), stderr: textOf(stderr) };
}
