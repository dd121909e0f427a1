/** What a service is, apart from its process: a table of settings and a function that builds it. */
import type { RequestListener } from 'node:http';
import type { Registry } from 'prom-client';
import type { Clock } from './clock';
import type { CommonConfig } from './config/common-options';
import type { CommandDescription, ConfigCheck } from './config/load-config';
import type { ConfigTable } from './config/option';
import type { Logger } from './create-logger';
import type { Listening } from './http/listen';
import type { Redact } from './secrets';

/** Settings that `runService` itself needs. */
export interface ServiceConfig extends CommonConfig {
  host: string;
  port: number;
}

/** What the process gives a service. */
export interface ServiceKit {
  readonly logger: Logger;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly redact: Redact;
  /** Aborts when running requests must end now: the time to drain is over. */
  readonly stopSignal: AbortSignal;
}

/** A built service, not listening yet. */
export interface Service {
  readonly listener: RequestListener;
  /** Called once the port is open. */
  started?(listening: Listening): void;
  /** Called first at shutdown, while requests still run. */
  stopping?(): Promise<void>;
  /** Called last, when no request runs any more. */
  stopped?(): Promise<void>;
}

export interface ServiceDefinition<C extends ServiceConfig> {
  readonly description: CommandDescription;
  readonly table: ConfigTable<C>;
  readonly check: ConfigCheck<C>;
  /** Values that must never be written anywhere. */
  secrets(config: Readonly<C>): string[];
  create(config: Readonly<C>, kit: ServiceKit): Service;
}
