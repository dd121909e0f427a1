/** The worker as a service: settings → kind, recorders, application, heart beat. */
import {
  clusterToken,
  createConcurrencyLimit,
  createJsonClient,
  createStreamClient,
  parsers,
  type ServiceDefinition,
  type ServiceKit,
  type StreamClient,
} from '@orcestator/service-kit';
import { createWorkerApp } from './app';
import { AUDIT_TEXT_LIMIT } from './audit/audit-entry';
import { createAudit } from './audit/create-audit';
import { BaseModelWorker } from './base-model-worker';
import {
  checkWorkerConfig,
  workerAddressOf,
  workerIdentity,
  workerTable,
  type WorkerConfig,
  type WorkerIdentity,
} from './config';
import { upstreamKey } from './config/upstream-key';
import { OpenAiCompatibleWorker } from './kinds/openai-compatible-worker';
import { createWorkerMetrics, type WorkerMetrics } from './metrics';
import { allRecorders } from './recording';
import { createSlowRequestRecorder } from './slow-requests';
import { countTokens } from './tokens/count-tokens';
import { TrafficLog } from './traffic-log/traffic-log';
import { createTrafficRecorder } from './traffic-log/traffic-recorder';
import { createClean } from '@orcestator/stream-normaliser';

/** Milliseconds for a call to the controller. */
const CONTROLLER_CALL_TIMEOUT = 5_000;
/** OpenRouter's edge closes idle connections early (pitfall 18). */
const UPSTREAM_KEEP_ALIVE_MS = 4_000;
/** Milliseconds that usage and `[DONE]` may come after the finish chunk. */
const FINISH_LINGER_MS = 5_000;
/** Characters; longer than any key that is redacted. */
const LONGEST_KEY = 1_024;

export const workerDefinition: ServiceDefinition<WorkerConfig> = {
  description: {
    name: 'worker',
    description: 'Воркер: регистрирует модель у контроллера и отвечает потоком из OpenRouter.',
    version: '0.1.0',
    epilogue: 'Пример: pnpm worker --port 8003 --model-names llama3 --base-url http://localhost:11434/v1\n',
  },
  table: workerTable,
  check: checkWorkerConfig,
  secrets: (config) => [config.apiKey, config.httpsProxy, config.httpProxy],
  create: (config, kit) => {
    const limit = createConcurrencyLimit(config.limitWorkerConcurrency, config.limitWorkerQueue);
    const identity = workerIdentity(config);
    const metrics = createWorkerMetrics({
      registry: kit.registry,
      limit,
      models: [identity.defaultModel, config.utilityModel],
      redact: kit.redact,
    });
    const slow = createSlowRequestRecorder(config.slowRequest * 1000, kit.logger);
    const log = createTrafficLog(config, kit, metrics);
    const traffic = createTrafficRecorder({
      log,
      textLimit: config.trafficTextLimit,
      redact: kit.redact,
      countTokens,
    });
    const peers = createStreamClient({ connectTimeout: CONTROLLER_CALL_TIMEOUT, keepAliveTimeout: 30_000 });
    const worker = createWorker({ config, identity, kit, limit, peers, metrics });
    let address = workerAddressOf(config, config.port);
    const audit = createAudit({
      config,
      kit,
      metrics,
      client: upstreamClient(config),
      worker: () => address,
    });
    const app = createWorkerApp({
      worker,
      record: allRecorders([metrics.record, slow, traffic, audit.record]),
      recordedTextLimit: recordedTextLimit(config),
      clusterToken: () => clusterToken(config.clusterSecret, address),
      bodyLimit: config.bodyLimit * parsers.MEBIBYTE,
      kit,
    });
    return {
      listener: app,
      started: ({ port }) => {
        address = workerAddressOf(config, port);
        worker.initHeartBeat(address);
      },
      stopping: () => worker.stop(),
      stopped: async () => {
        await Promise.all([log.close(), audit.close()]);
        await Promise.all([worker.kind.close(), peers.close()]);
      },
    };
  },
};

/** What the records show of an answer, the traffic log's characters being one or two units long, and some more for a key that the cut would go through. */
function recordedTextLimit({ trafficTextLimit, dbPath, auditContent }: Readonly<WorkerConfig>): number {
  const traffic = trafficTextLimit === 0 ? Infinity : 2 * trafficTextLimit;
  return Math.max(traffic, dbPath !== '' && auditContent === 'texts' ? AUDIT_TEXT_LIMIT : 0) + LONGEST_KEY;
}

function createTrafficLog(
  config: Readonly<WorkerConfig>,
  { clock, logger }: ServiceKit,
  metrics: WorkerMetrics,
): TrafficLog {
  return new TrafficLog({
    path: config.logFile,
    format: config.trafficFormat,
    maxSize: config.logMaxSize * parsers.MEBIBYTE,
    maxAge: config.logMaxAge * 3_600_000,
    keep: config.logKeep,
    clock,
    logger,
    onLost: metrics.addLostRows,
    onWaiting: metrics.setWaitingRows,
  });
}

interface WorkerParts {
  readonly config: Readonly<WorkerConfig>;
  readonly identity: WorkerIdentity;
  readonly kit: ServiceKit;
  readonly limit: ReturnType<typeof createConcurrencyLimit>;
  readonly peers: StreamClient;
  readonly metrics: WorkerMetrics;
}

function createWorker({ config, identity, kit, limit, peers, metrics }: WorkerParts): BaseModelWorker {
  return new BaseModelWorker({
    ...identity,
    kind: createKind(config, identity, kit, metrics),
    limit,
    clusterSecret: config.clusterSecret,
    heartBeatInterval: config.heartBeatInterval * 1000,
    jsonClient: createJsonClient(CONTROLLER_CALL_TIMEOUT),
    streamClient: peers,
    clock: kit.clock,
    random: Math.random,
    logger: kit.logger,
    onState: metrics.setRegistered,
  });
}

function upstreamClient(config: Readonly<WorkerConfig>): StreamClient {
  const { httpProxy, httpsProxy, noProxy } = config;
  const isLoopback = /^(localhost|127\.|\[::1\])/.test(new URL(config.baseUrl).host);
  return createStreamClient({
    connectTimeout: config.connectTimeout * 1000,
    keepAliveTimeout: UPSTREAM_KEEP_ALIVE_MS,
    // A proxy cannot reach this machine's loopback.
    ...(isLoopback ? {} : { proxy: { httpProxy, httpsProxy, noProxy } }),
  });
}

function createKind(
  config: Readonly<WorkerConfig>,
  identity: WorkerIdentity,
  { clock, redact, logger }: ServiceKit,
  metrics: WorkerMetrics,
): OpenAiCompatibleWorker {
  const apiKey = upstreamKey(config.apiKey, config.baseUrl);
  if (apiKey === undefined) {
    logger.warn(
      'OR_API_KEY is an OpenRouter key and OR_BASE_URL is another server: the key is not sent to it',
    );
  }
  return new OpenAiCompatibleWorker({
    ...config,
    apiKey: apiKey ?? '',
    defaultModel: identity.defaultModel,
    limits: {
      connect: config.connectTimeout * 1000,
      firstByte: config.firstByteTimeout * 1000,
      byteIdle: config.byteIdleTimeout * 1000,
      contentIdle: config.contentIdleTimeout * 1000,
      total: config.totalTimeout * 1000,
      finishLinger: FINISH_LINGER_MS,
    },
    client: upstreamClient(config),
    clock,
    logger,
    clean: createClean(redact),
    longestWait: config.retryMaxWait * 1000,
    random: Math.random,
    onUpstreamError: metrics.addUpstreamError,
    onRetry: (error, wait) => {
      metrics.addRetry(error.kind);
      logger.warn('asking the upstream again', {
        kind: error.kind,
        wait: Math.round(wait),
        cause: error.cause,
      });
    },
  });
}
