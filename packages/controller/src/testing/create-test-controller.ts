/** A controller without HTTP, whose workers answer as the test says. */
import { OrcestatorError, protocolsOf, type WorkerStatus } from '@orcestator/protocol';
import { createManualClock, createRecordingLogger } from '@orcestator/service-kit/testing';
import { Controller, type ControllerOptions } from '../controller';
import type { WorkerAnswer } from '../worker-info';

/** A worker's answer when it is asked for its status; absent = it cannot be reached. */
export type StatusAnswers = Map<string, () => Promise<WorkerStatus>>;

export function createTestController(options: Partial<ControllerOptions> = {}) {
  const clock = createManualClock();
  const logger = createRecordingLogger();
  const answers: StatusAnswers = new Map();
  const workerStatus = {
    getWorkerStatus: async (workerName: string): Promise<WorkerAnswer> => {
      const answer = answers.get(workerName);
      if (!answer) throw new OrcestatorError('worker_unreachable', `${workerName} cannot be reached.`);
      const status = await answer();
      return { status, askedBy: protocolsOf(status)[0] };
    },
  };
  const controller = new Controller({
    dispatchMethod: 'shortest_queue',
    heartBeatExpiration: 90,
    clock,
    random: () => 0,
    workerStatus,
    logger,
    id: 'this',
    ...options,
  });
  return { controller, clock, logger, answers, workerStatus };
}

/** A status that names these models. */
export function statusOf(...model_names: string[]): WorkerStatus {
  return { model_names, speed: 1, queue_length: 0 };
}
