/** What a worker tells about itself, and the paths it answers. */
import { OrcestatorError } from './errors';
import { isRecord, isStringArray } from './json';

/** The two protocols a worker may speak; one without the field speaks FastChat's only. */
export const workerProtocols = ['openai', 'fastchat'] as const;
export type WorkerProtocol = (typeof workerProtocols)[number];

/** Paths of FastChat's worker API (`base_model_worker.py`) and of the native one. */
export const workerPaths = {
  status: '/worker_get_status',
  generateStream: '/worker_generate_stream',
  generate: '/worker_generate',
  getEmbeddings: '/worker_get_embeddings',
  getConvTemplate: '/worker_get_conv_template',
  countToken: '/count_token',
  modelDetails: '/model_details',
  models: '/v1/models',
  chatCompletions: '/v1/chat/completions',
  completions: '/v1/completions',
  embeddings: '/v1/embeddings',
} as const;

/** Answer of `/worker_get_status` and `worker_status` of a registration. Fields from `protocols` on are ours. */
export interface WorkerStatus {
  model_names: string[];
  /** Relative speed, FastChat's unit: 1 is a usual worker. */
  speed: number;
  /** Requests running and waiting. */
  queue_length: number;
  /** Absent means `["fastchat"]`. */
  protocols?: WorkerProtocol[];
  /** Further models by pattern; `*` stands for any text, so `*\/*` is any OpenRouter id. */
  model_patterns?: string[];
  /** Where a controller stands for several workers: the protocols of those models that not all of them serve. */
  protocols_by_model?: Record<string, WorkerProtocol[]>;
  /** Set where the worker is itself a controller, which must not be asked by those it asks. */
  controller_id?: string;
}

/** Reads a status from a peer; throws `invalid_request` where it is not one. Unknown protocols are left out. */
export function parseWorkerStatus(value: unknown): WorkerStatus {
  if (!isRecord(value) || !isStringArray(value.model_names)) {
    throw new OrcestatorError('invalid_request', 'worker_status.model_names must be a list of model names.', {
      param: 'worker_status',
    });
  }
  const status: WorkerStatus = {
    model_names: value.model_names,
    speed: finiteOr(value.speed, 1),
    queue_length: finiteOr(value.queue_length, 0),
  };
  if (isStringArray(value.protocols)) status.protocols = value.protocols.filter(isWorkerProtocol);
  if (isStringArray(value.model_patterns)) status.model_patterns = value.model_patterns;
  if (isRecord(value.protocols_by_model)) {
    const rows = Object.entries(value.protocols_by_model);
    status.protocols_by_model = Object.fromEntries(
      rows.map(([model, list]) => [model, isStringArray(list) ? list.filter(isWorkerProtocol) : []]),
    );
  }
  if (typeof value.controller_id === 'string') status.controller_id = value.controller_id;
  return status;
}

/** The protocols of a worker, with FastChat's default. */
export function protocolsOf(status: Pick<WorkerStatus, 'protocols'>): WorkerProtocol[] {
  return status.protocols ?? ['fastchat'];
}

function isWorkerProtocol(text: string): text is WorkerProtocol {
  return (workerProtocols as readonly string[]).includes(text);
}

function finiteOr(value: unknown, otherwise: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : otherwise;
}
