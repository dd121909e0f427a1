/** A worker that speaks OpenAI's protocol: the client's bytes go on as they are, and so does the answer of a worker of ours. */
import { OrcestatorError } from '@orcestator/protocol';
import { clusterHeaders, type Clock, type StreamClient } from '@orcestator/service-kit';
import { brokenServer } from '../direct-server/direct-errors';
import { isOurs, normaliseAnswer } from '../direct-server/normalise-answer';
import { WorkerRefusal, type ProtocolDriver } from './driver';

/** The request is what is wrong, or the server may still be at work on it: another one is no way out. */
const final = new Set([400, 413, 504]);

export function createOpenAiDriver(
  client: StreamClient,
  clusterSecret: string,
  clock: Clock,
): ProtocolDriver {
  return {
    open: async (request, address) => {
      const answer = await client.open({
        method: 'POST',
        url: address + request.path,
        headers: { ...request.headers, ...clusterHeaders(clusterSecret, address) },
        body: request.body,
        signal: request.signal,
        headersTimeout: request.firstByteTimeout,
      });
      if (!isOurs(answer)) request.endAfterTotal();
      // Only servers without a worker of ours throw here: a worker of ours has tried all there is to try.
      return normaliseAnswer(answer, request, clock).catch((thrown: unknown) => {
        const error = thrown instanceof OrcestatorError ? thrown : brokenServer(thrown);
        throw final.has(error.status) ? error : new WorkerRefusal(error);
      });
    },
  };
}
