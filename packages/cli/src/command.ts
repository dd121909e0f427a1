/** What a subcommand of `orcestator` is. */
import type { Writable } from 'node:stream';

/** The terminal and the environment, given so that tests need no process. */
export interface CommandContext {
  readonly env: NodeJS.ProcessEnv;
  /** Where `.env` and relative paths belong. */
  readonly folder: string;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Colours and redrawn lines are for terminals only. */
  readonly isTerminal: boolean;
  /** Width of the terminal in characters. */
  readonly columns: number;
  /** Aborts on Ctrl+C, for commands that go on until then. */
  readonly signal: AbortSignal;
}

export interface CliCommand {
  readonly name: string;
  /** One line in `orcestator --help` (Russian). */
  readonly summary: string;
  /** `argv` is what stands after the command's name. Resolves with the exit code. */
  run(argv: readonly string[], context: CommandContext): Promise<number>;
}
