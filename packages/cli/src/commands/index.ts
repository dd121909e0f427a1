/** All subcommands. A new one is a file here and a line in this table. */
import type { CliCommand } from '../command';
import { copilotCommand } from './copilot';
import { doctorCommand } from './doctor';
import { exportCommand } from './export';
import { logsCommand } from './logs';
import { registerCommand } from './register';
import { demoCommand, startCommand } from './run-stack';
import { showCommand } from './show';
import { statsCommand } from './stats';
import { unregisterCommand } from './unregister';
import { workersCommand } from './workers';

export const commands: readonly CliCommand[] = [
  startCommand,
  demoCommand,
  logsCommand,
  registerCommand,
  workersCommand,
  unregisterCommand,
  copilotCommand,
  doctorCommand,
  statsCommand,
  showCommand,
  exportCommand,
];
