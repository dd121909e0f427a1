/** A service as a process: settings, port, signals, drain, exit. The only file here that touches `process`. */
import { setMaxListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { optionLabel } from './config/option';
import { readDotEnv } from './config/dot-env';
import { loadConfig, type LoadedConfig } from './config/load-config';
import { systemClock } from './clock';
import { createLogger, type Logger } from './create-logger';
import { createRegistry } from './create-metrics';
import { errorCodeOf } from './http/network-errors';
import { listen, type Listening } from './http/listen';
import { createRedact } from './secrets';
import type { Service, ServiceConfig, ServiceDefinition } from './service';

/** Milliseconds that running requests get to end by themselves after the first signal. */
const DRAIN_MS = 2_500;
/** Milliseconds between asking running requests to end and cutting them. */
const CUT_MS = 500;
/** Milliseconds after which a service that still has not stopped is left behind: the terminal must get its prompt back. */
const GIVE_UP_MS = 4_000;
/** Milliseconds after which another Ctrl+C means: stop at once. */
const SECOND_SIGNAL_MS = 1_000;
/** Milliseconds that the last log lines get to leave the process. */
const EXIT_MS = 500;

/** Messages between a service and the command that started it over Node's IPC channel. */
export type ServiceMessage = { readonly type: 'listening'; readonly url: string };
export const SHUTDOWN_MESSAGE = 'shutdown';

/** Runs until a signal, a `shutdown` message or the death of the parent that holds the IPC channel. */
export async function runService<C extends ServiceConfig>(definition: ServiceDefinition<C>): Promise<void> {
  // A reader that is gone (`| head`, a launcher that was killed) must not keep the service from its orderly end.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const loaded = load(definition);
  if (!loaded.ok) {
    (loaded.exitCode === 0 ? process.stdout : process.stderr).write(loaded.output);
    process.exitCode = loaded.exitCode;
    process.disconnect?.();
    return;
  }
  const { config } = loaded;
  const { logLevel: level, logFormat: format } = config;
  const redact = createRedact([config.clusterSecret, ...definition.secrets(config)], config.redactPatterns);
  const logger = createLogger({ service: definition.description.name, level, format, redact });
  const stop = new AbortController();
  // Each running request listens; Node would take more than ten for a leak.
  setMaxListeners(0, stop.signal);
  const kit = { logger, registry: createRegistry(), clock: systemClock, redact, stopSignal: stop.signal };
  try {
    const tls = readTls(config);
    const service = definition.create(config, kit);
    const listening = await listen(service.listener, {
      host: config.host,
      port: config.port,
      tls,
    });
    stopOnSignal(service, listening, stop, logger);
    logger.info(`listening on ${listening.url}`);
    service.started?.(listening);
    process.send?.({ type: 'listening', url: listening.url } satisfies ServiceMessage);
  } catch (error) {
    logger.error(startFailure(error, definition, config), { cause: error });
    exitWhenWritten(1);
  }
}

function load<C extends ServiceConfig>(definition: ServiceDefinition<C>): LoadedConfig<C> {
  const { description, table, check } = definition;
  let dotEnv: Record<string, string | undefined>;
  try {
    dotEnv = readDotEnv(process.cwd());
  } catch (error) {
    const problem = `.env cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    const output = `${description.name} cannot start: ${problem}\n`;
    return { ok: false, exitCode: 2, problems: [problem], output };
  }
  return loadConfig(description, table, { argv: process.argv.slice(2), env: process.env, dotEnv }, check);
}

/** Leaves when the last log line is out: winston hands it over a turn later, and a pipe may be slow. */
function exitWhenWritten(code: number): void {
  setTimeout(() => process.exit(code), EXIT_MS);
  setImmediate(() => process.stdout.write('', () => process.exit(code)));
}

function readTls(config: ServiceConfig): { key: Buffer; cert: Buffer } | undefined {
  if (!config.ssl) return undefined;
  return {
    key: readPem('SSL_KEYFILE', config.sslKeyFile),
    cert: readPem('SSL_CERTFILE', config.sslCertFile),
  };
}

function readPem(variable: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    // Not as `cause`: its EACCES is no port's.
    throw new Error(`${variable}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function startFailure<C extends ServiceConfig>(
  error: unknown,
  { table }: ServiceDefinition<C>,
  { host, port }: ServiceConfig,
): string {
  const hostLabel = optionLabel(table.host);
  const portLabel = optionLabel(table.port);
  switch (errorCodeOf(error)) {
    case 'EADDRINUSE':
      return `cannot start: port ${port} on ${host} is taken by another program. Stop it, or choose another port with ${portLabel}.`;
    case 'EACCES':
      return `cannot start: the system does not allow port ${port}. Choose another port with ${portLabel}.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `cannot start: this machine has no address ${host}. Give another one with ${hostLabel}.`;
    default:
      return 'cannot start';
  }
}

function stopOnSignal(service: Service, listening: Listening, stop: AbortController, logger: Logger): void {
  let stoppingSince: number | undefined;
  const shutdown = (reason: string): void => {
    stoppingSince = Date.now();
    logger.info(`stopping (${reason}): no new requests, up to ${DRAIN_MS / 1000} s for running ones`);
    setTimeout(() => process.exit(1), GIVE_UP_MS).unref();
    void drain(service, listening, stop, logger).then(
      () => exitWhenWritten(0),
      (error: unknown) => {
        logger.error('stopped with an error', { cause: error });
        exitWhenWritten(1);
      },
    );
  };
  const once = (reason: string) => (): void => {
    if (stoppingSince === undefined) shutdown(reason);
  };
  process.on('SIGINT', () => {
    // One Ctrl+C can arrive twice, from the terminal and from a launcher that passes it on: only a later one is meant.
    if (stoppingSince !== undefined && Date.now() - stoppingSince > SECOND_SIGNAL_MS) process.exit(1);
    once('SIGINT')();
  });
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGBREAK'] as const) process.on(signal, once(signal));
  process.on('message', (message) => {
    if (message === SHUTDOWN_MESSAGE) once('asked to')();
  });
  process.on('disconnect', once('the parent process is gone'));
}

async function drain(
  service: Service,
  listening: Listening,
  stop: AbortController,
  logger: Logger,
): Promise<void> {
  const closed = listening.close();
  const end = setTimeout(() => stop.abort(new Error('the service is shutting down')), DRAIN_MS);
  const cut = setTimeout(() => listening.closeAllConnections(), DRAIN_MS + CUT_MS);
  await service.stopping?.();
  await closed;
  clearTimeout(end);
  clearTimeout(cut);
  await service.stopped?.();
  logger.info('stopped');
}
