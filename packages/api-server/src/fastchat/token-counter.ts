/** Counts a prompt's tokens at a worker of any protocol: ours and FastChat's serve the same two paths. */
import { OrcestatorError, workerPaths } from '@orcestator/protocol';
import type { ControllerClient } from '../controller-client';
import type { ModelRequest } from '../drivers/driver';
import { findWorker } from '../find-worker';
import { askLengths } from './check-length';
import { callsTo, type WorkerCallsOptions } from './worker-calls';

/** Tokens of the model's context and of the prompt. */
export type CountTokens = (
  model: string,
  prompt: string,
  headers: ModelRequest['headers'],
  signal: AbortSignal,
) => Promise<{ context: number; count: number }>;

export interface TokenCounterOptions extends WorkerCallsOptions {
  readonly controller: ControllerClient;
  /** Milliseconds. */
  readonly callTimeout: number;
}

export function createTokenCounter(options: TokenCounterOptions): CountTokens {
  return async (model, prompt, headers, signal) => {
    const { address } = await findWorker(options.controller, model, [], signal);
    const body = { prompt, model };
    try {
      const callOptions = { signal, timeout: options.callTimeout };
      const lengths = await askLengths(callsTo(address, headers, options), body, body, callOptions);
      if (lengths.context === undefined) throw unknownContext();
      return { context: lengths.context, count: lengths.prompt };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof OrcestatorError) throw error;
      throw new OrcestatorError('worker_unreachable', 'The worker of this model does not count tokens now.', {
        cause: error,
      });
    }
  };
}

function unknownContext(): OrcestatorError {
  return new OrcestatorError(
    'invalid_request',
    `The worker of this model does not know its context length (${workerPaths.modelDetails}).`,
  );
}
