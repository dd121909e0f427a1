/** One small question over HTTP with a bounded answer: what `copilot` and `doctor` ask the upstream and the services. */
import { parseJson } from '@orcestator/protocol';
import type { StreamClient } from '@orcestator/service-kit';

export interface JsonAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** `undefined` where the body is no JSON: a login page of a hotel network, say. */
  readonly body: unknown;
}

export interface Question {
  readonly url: string;
  readonly headers?: Record<string, string>;
  /** Milliseconds for the whole call. */
  readonly timeout: number;
  readonly signal?: AbortSignal;
}

/** OpenRouter's list of models is half a megabyte; nothing that is asked here is larger than this. */
const LARGEST_ANSWER = 32 * 1024 * 1024;

/** Throws the network's error with its `code`; a call that takes too long has the code `ETIMEDOUT`. */
export async function askJson(client: StreamClient, question: Question): Promise<JsonAnswer> {
  const late = AbortSignal.timeout(question.timeout);
  const signal = question.signal ? AbortSignal.any([late, question.signal]) : late;
  try {
    const { status, headers, body } = await client.open({
      method: 'GET',
      url: question.url,
      headers: { accept: 'application/json', ...question.headers },
      signal,
      headersTimeout: question.timeout,
    });
    const parts: Buffer[] = [];
    let size = 0;
    for await (const part of body as AsyncIterable<Buffer>) {
      parts.push(part);
      size += part.length;
      if (size > LARGEST_ANSWER)
        throw new Error(`${question.url} answers with more than ${LARGEST_ANSWER} bytes`);
    }
    return { status, headers, body: parseJson(Buffer.concat(parts).toString('utf8')) };
  } catch (error) {
    if (!late.aborted) throw error;
    throw Object.assign(new Error(`timeout of ${question.timeout} ms exceeded`), { code: 'ETIMEDOUT' });
  }
}
