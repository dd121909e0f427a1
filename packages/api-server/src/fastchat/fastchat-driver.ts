/** A worker that speaks FastChat's worker API: text in, text out, and OpenAI's answers made from it here. */
import { OrcestatorError, type ErrorKind } from '@orcestator/protocol';
import type { Clock } from '@orcestator/service-kit';
import type { Operation, ProtocolDriver } from '../drivers/driver';
import type { Ask } from './ask';
import { askChat } from './ask-chat';
import { askCompletion } from './ask-completion';
import { askEmbeddings } from './ask-embeddings';
import { createTemplateCache } from './conversation/template-cache';
import { errorAnswer } from '../drivers/json-answer';
import { notTooDeep } from '../relay/check-nesting';
import { callsTo, type WorkerCallsOptions } from './worker-calls';

/** A new operation is a new row. */
const operations: Readonly<Record<Operation, Ask>> = {
  chat: askChat,
  apiChat: askChat,
  completion: askCompletion,
  embeddings: askEmbeddings,
};

/** A worker's words for "not me, not now"; the second is a controller's that stands for workers. */
const refusals = new Set<ErrorKind>(['overloaded', 'no_worker']);

export interface FastChatDriverOptions extends WorkerCallsOptions {
  readonly clock: Clock;
  /** Milliseconds for the small calls before the generation. */
  readonly callTimeout: number;
}

export function createFastChatDriver(options: FastChatDriverOptions): ProtocolDriver {
  const { clock, callTimeout } = options;
  const templates = createTemplateCache(clock);
  return {
    open: async (request, address) => {
      const calls = callsTo(address, request.headers, options);
      const callOptions = { signal: request.signal, timeout: callTimeout };
      const template = () => templates.get(address, request.model, calls, callOptions);
      const fields = notTooDeep(request.fields());
      // FastChat's worker has no limit on the whole answer.
      request.endAfterTotal();
      try {
        return await operations[request.operation]({ request, fields, calls, callOptions, template, clock });
      } catch (error) {
        // Said as our own workers say it, so that another one is asked.
        if (error instanceof OrcestatorError && refusals.has(error.kind)) return errorAnswer(error);
        throw error;
      }
    },
    forget: (address) => templates.forget(address),
  };
}
