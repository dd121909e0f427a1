/** The controller's HTTP surface: FastChat's (`controller.py`) and the extensions, each marked. */
import { OrcestatorError } from './errors';
import { isRecord, isStringArray, type JsonRecord } from './json';
import { withoutSlashes } from './server-address';
import { parseWorkerStatus, workerProtocols, type WorkerProtocol, type WorkerStatus } from './worker-api';

/** Paths of the controller. All POST but `testConnection` and `presence`. */
export const controllerPaths = {
  registerWorker: '/register_worker',
  refreshAllWorkers: '/refresh_all_workers',
  listModels: '/list_models',
  listMultimodalModels: '/list_multimodal_models',
  listLanguageModels: '/list_language_models',
  getWorkerAddress: '/get_worker_address',
  receiveHeartBeat: '/receive_heart_beat',
  testConnection: '/test_connection',
  /** Extension: a worker that shuts down takes itself off the list. */
  removeWorker: '/remove_worker',
  /** Extension: who is registered and how each is doing (`worker-list.ts`). */
  listWorkers: '/list_workers',
  /** Extension: GET, held open by a worker, so that each side sees at once when the other is gone. */
  presence: '/worker_presence',
} as const;

/** Body of `/register_worker`. */
export interface RegisterWorkerRequest {
  /** The worker's address, which is its name. */
  worker_name: string;
  check_heart_beat: boolean;
  /** Absent: the controller asks the worker's `/worker_get_status`. */
  worker_status?: WorkerStatus;
  multimodal?: boolean;
  /** Ours: how the worker is asked what it serves; absent = the controller finds out. */
  protocol?: WorkerProtocol;
  /** Ours: the names to serve, whatever the worker tells later. */
  model_names?: string[];
}

/** Body of `/receive_heart_beat`. */
export interface HeartBeatRequest {
  worker_name: string;
  queue_length: number;
}

/** Answer of `/receive_heart_beat`; `exist: false` asks the worker to register again. */
export interface HeartBeatAnswer {
  exist: boolean;
}

/** Body of `/get_worker_address`; `exclude` is ours: addresses that just failed. */
export interface GetWorkerAddressRequest {
  model: string;
  exclude?: string[];
}

/** Answer of `/get_worker_address`: empty when no worker serves the model (as FastChat). What follows is ours. */
export interface GetWorkerAddressAnswer {
  address: string;
  protocols?: WorkerProtocol[];
  /** Ours: a worker serves the model and does not answer at the moment. */
  is_resting?: boolean;
}

/** Answer of the three list paths. */
export interface ListModelsAnswer {
  models: string[];
}

/** Reads a registration; throws `invalid_request` naming the field at fault. */
export function parseRegisterWorkerRequest(body: unknown): RegisterWorkerRequest {
  const record = parseBody(body);
  const request: RegisterWorkerRequest = {
    worker_name: parseWorkerName(record),
    check_heart_beat: record.check_heart_beat !== false,
    multimodal: record.multimodal === true,
  };
  // An empty status counts as none, as in FastChat (`if not worker_status`).
  const status = record.worker_status;
  const isGiven =
    status !== undefined && status !== null && !(isRecord(status) && Object.keys(status).length === 0);
  if (isGiven) request.worker_status = parseWorkerStatus(status);
  return { ...request, ...parseWish(record) };
}

/** What a registration by hand may say besides; `null` is Python's word for nothing. */
function parseWish(record: JsonRecord): Pick<RegisterWorkerRequest, 'protocol' | 'model_names'> {
  const names = record.model_names ?? [];
  if (!isStringArray(names)) {
    throw new OrcestatorError('invalid_request', 'model_names must be a list of model names.', {
      param: 'model_names',
    });
  }
  const protocol = workerProtocols.find((known) => known === record.protocol);
  if (protocol === undefined && (record.protocol ?? 'auto') !== 'auto') {
    throw new OrcestatorError('invalid_request', 'protocol must be "openai", "fastchat" or "auto".', {
      param: 'protocol',
    });
  }
  return { ...(protocol && { protocol }), ...(names.length > 0 && { model_names: names }) };
}

/** Reads a heart beat. */
export function parseHeartBeatRequest(body: unknown): HeartBeatRequest {
  const record = parseBody(body);
  const queueLength = record.queue_length;
  if (typeof queueLength !== 'number' || !Number.isFinite(queueLength)) {
    throw new OrcestatorError('invalid_request', 'queue_length must be a number.', { param: 'queue_length' });
  }
  return { worker_name: parseText(record, 'worker_name'), queue_length: queueLength };
}

/** Reads a question for a worker's address. */
export function parseGetWorkerAddressRequest(body: unknown): GetWorkerAddressRequest {
  const record = parseBody(body);
  const model = parseText(record, 'model');
  if (record.exclude === undefined) return { model };
  if (!isStringArray(record.exclude)) {
    throw new OrcestatorError('invalid_request', 'exclude must be a list of worker addresses.', {
      param: 'exclude',
    });
  }
  return { model, exclude: record.exclude };
}

/** Reads a body that names one worker (`/remove_worker`). */
export function parseWorkerNameRequest(body: unknown): { worker_name: string } {
  return { worker_name: parseText(parseBody(body), 'worker_name') };
}

function parseBody(body: unknown): JsonRecord {
  if (isRecord(body)) return body;
  throw new OrcestatorError('invalid_request', 'The body must be a JSON object.');
}

function parseText(record: JsonRecord, field: string): string {
  const text = record[field];
  if (typeof text === 'string' && text !== '') return text;
  throw new OrcestatorError('invalid_request', `${field} is missing or not a text.`, { param: field });
}

function parseWorkerName(record: JsonRecord): string {
  const name = parseText(record, 'worker_name');
  if (/^https?:\/\/[^/]/.test(name) && URL.canParse(name)) return withoutSlashes(name);
  throw new OrcestatorError(
    'invalid_request',
    'worker_name must be the http or https address of the worker.',
    {
      param: 'worker_name',
    },
  );
}
