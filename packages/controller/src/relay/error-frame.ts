/** A failure in the words of FastChat's worker API. */
import { ErrorCode, type GenerateFrame, type OrcestatorError } from '@orcestator/protocol';

/** As FastChat: controller.py handle_no_worker and handle_worker_timeout, which stands for any failure of a worker. */
export function toErrorFrame(error: OrcestatorError): GenerateFrame {
  const isMissing = error.kind === 'no_worker';
  return {
    text: error.message,
    error_code: isMissing ? ErrorCode.CONTROLLER_NO_WORKER : ErrorCode.CONTROLLER_WORKER_TIMEOUT,
  };
}
