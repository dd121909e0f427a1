/** What the audit wants to know of a request when it has ended. */
import { CLIENT_HEADER, type JsonRecord, type OrcestatorError } from '@orcestator/protocol';
import type { ChatStream, GenerateContext } from '../kinds/worker-kind';
import type { RequestFacts } from '../recording';
import type { CompletionBuilder } from './completion-builder';

export function requestFacts(
  body: JsonRecord,
  headers: GenerateContext['headers'],
  stream: ChatStream | undefined,
  builder: CompletionBuilder,
  error: OrcestatorError | undefined,
): RequestFacts {
  const { id, provider, reasoning, finishReason } = builder.facts();
  return {
    client: String(headers[CLIENT_HEADER] ?? ''),
    userAgent: String(headers['user-agent'] ?? ''),
    body,
    reasoning,
    provider,
    // The header is there from the first byte; an upstream that is no OpenRouter has its number in the chunks only.
    generationId: stream?.headers()['x-generation-id'] ?? (id === '' ? undefined : id),
    finishReason,
    errorKind: error?.kind,
    errorCode: error?.code ?? undefined,
  };
}
