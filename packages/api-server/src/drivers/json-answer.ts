/** Answers that this service makes itself, in the form in which workers' answers are relayed. */
import { toErrorBody, UPSTREAM_MODEL_HEADER, type OrcestatorError } from '@orcestator/protocol';
import { AnswerBody, type StreamAnswer } from '@orcestator/service-kit';

type Headers = Record<string, string>;

/** One JSON body. */
export function jsonAnswer(status: number, value: unknown, headers: Headers = {}): StreamAnswer {
  const body = Buffer.from(JSON.stringify(value));
  return {
    status,
    headers: {
      ...headers,
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(body.length),
    },
    body: AnswerBody.of(body),
  };
}

/** An error as a worker of ours would answer it. */
export function errorAnswer(error: OrcestatorError): StreamAnswer {
  return jsonAnswer(error.status, toErrorBody(error), { ...error.headers });
}

/** Says which model really answered; the body says `orcestator`. A header takes printable ASCII only. */
export function upstreamModelHeader(model: string): Headers {
  return { [UPSTREAM_MODEL_HEADER]: model.replace(/[^\x20-\x7e]/g, '?') };
}
