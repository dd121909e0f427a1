/** Settings of a subcommand: read from flags, environment and `.env`; help and problems are printed here. */
import {
  loadConfig,
  readDotEnv,
  type CommandDescription,
  type ConfigCheck,
  type ConfigTable,
} from '@orcestator/service-kit';
import type { CommandContext } from './command';

/** Either the settings, or the exit code with which the command ends at once (its text is printed already). */
export type Settings<C> =
  | { readonly ok: true; readonly config: Readonly<C>; readonly operands: readonly string[] }
  | { readonly ok: false; readonly exitCode: number };

export function loadSettings<C extends object>(
  description: Omit<CommandDescription, 'version'>,
  table: ConfigTable<C>,
  argv: readonly string[],
  { env, folder, stdout, stderr }: CommandContext,
  check?: ConfigCheck<C>,
): Settings<C> {
  const sources = { argv, env, dotEnv: readDotEnv(folder) };
  const loaded = loadConfig({ ...description, version: '0.1.0' }, table, sources, check);
  if (loaded.ok) return loaded;
  (loaded.exitCode === 0 ? stdout : stderr).write(loaded.output);
  return { ok: false, exitCode: loaded.exitCode };
}
