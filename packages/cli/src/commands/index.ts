/** All subcommands. A new one is a file here and a line in this table. */
import type { CliCommand } from '../command';
import { demoCommand, startCommand } from './run-stack';

export const commands: readonly CliCommand[] = [startCommand, demoCommand];
