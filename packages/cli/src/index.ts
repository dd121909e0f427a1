/** The `orcestator` command: starts the services, contains none. */
export { banner, curlLine, powerShellLine } from './banner';
export { stackTable, type StackConfig } from './config';
export type { CommandContext } from './command';
export { commands } from './commands';
