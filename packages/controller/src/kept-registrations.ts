/** Registrations without heart beats in a file (`OR_CONTROLLER_STATE`): nobody but a person would make them again. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  isRecord,
  parseJson,
  parseRegisterWorkerRequest,
  type RegisterWorkerRequest,
} from '@orcestator/protocol';
import { errorCodeOf, type Logger } from '@orcestator/service-kit';
import type { Controller } from './controller';
import type { WorkerInfo } from './worker-info';

export interface KeptRegistrationsOptions {
  readonly controller: Controller;
  readonly path: string;
  readonly logger: Logger;
}

/** Puts the workers of the file on the list, resting until they answer, and writes the file anew at each change. */
export function keepRegistrations({ controller, path, logger }: KeptRegistrationsOptions): void {
  for (const { worker_name: workerName, multimodal = false, model_names: names, ...rest } of read(
    path,
    logger,
  )) {
    const { protocol, worker_status: told } = rest;
    // The names are asked anew; an old list would promise models that may be gone.
    const status = {
      speed: 1,
      queue_length: 0,
      ...told,
      model_names: [],
      ...(protocol && { protocols: [protocol] }),
    };
    const identity = { workerName, checkHeartBeat: false, multimodal, ...(names && { fixedNames: names }) };
    controller.addWorker(identity, { status, askedBy: protocol }, false);
  }
  const save = (): void => {
    const kept = controller.workers().filter((worker) => !worker.checkHeartBeat);
    write(path, kept.map(toRequest), logger);
  };
  controller.events.on('registered', (outcome) => {
    if (outcome !== 'failed') save();
  });
  controller.events.on('removed', save);
}

/** As somebody would register it: so the file needs no format of its own. */
function toRequest(worker: WorkerInfo): RegisterWorkerRequest {
  const { workerName, multimodal, fixedNames, askedBy, speed, modelPatterns } = worker;
  return {
    worker_name: workerName,
    check_heart_beat: false,
    multimodal,
    worker_status: { model_names: [], speed, queue_length: 0, model_patterns: [...modelPatterns] },
    ...(askedBy && { protocol: askedBy }),
    ...(fixedNames && { model_names: [...fixedNames] }),
  };
}

function read(path: string, logger: Logger): RegisterWorkerRequest[] {
  try {
    const content = parseJson(readFileSync(path, 'utf8'));
    if (!isRecord(content) || !Array.isArray(content.workers)) throw new Error('it is not a list of workers');
    return content.workers.map(parseRegisterWorkerRequest);
  } catch (cause) {
    if (errorCodeOf(cause) !== 'ENOENT')
      logger.warn(`${path} cannot be read; no worker is taken from it`, { cause });
    return [];
  }
}

/** Beside the old file and then in its place: a crash leaves one of the two whole. */
function write(path: string, workers: readonly RegisterWorkerRequest[], logger: Logger): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.new`, `${JSON.stringify({ workers }, null, 2)}\n`);
    renameSync(`${path}.new`, path);
  } catch (cause) {
    logger.warn(`${path} cannot be written; workers added by hand will be forgotten at a restart`, { cause });
  }
}
