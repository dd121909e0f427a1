/** A worker that speaks OpenAI's protocol: the client's bytes go on as they are, and so does the answer. */
import { clusterHeaders, type StreamClient } from '@orcestator/service-kit';
import type { ProtocolDriver } from './driver';

export function createOpenAiDriver(client: StreamClient, clusterSecret: string): ProtocolDriver {
  return {
    open: (request, address) =>
      client.open({
        method: 'POST',
        url: address + request.path,
        headers: { ...request.headers, ...clusterHeaders(clusterSecret, address) },
        body: request.body,
        signal: request.signal,
        headersTimeout: request.firstByteTimeout,
      }),
  };
}
