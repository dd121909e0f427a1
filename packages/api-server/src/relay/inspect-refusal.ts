/** A worker that is full or about to stop says so; then another one may take the request. */
import { isRecord, parseJson } from '@orcestator/protocol';
import { AnswerBody, type StreamAnswer } from '@orcestator/service-kit';

/**
 * Our workers' words for "not me, not now", and a controller's that has lost its own worker of the model; an upstream
 * that is overloaded has another word and would be so for all.
 */
const refusals = new Set<unknown>(['overloaded', 'shutting_down', 'no_worker']);

export interface InspectedAnswer {
  /** The answer, its body readable. */
  readonly answer: StreamAnswer;
  readonly isRefusal: boolean;
}

export async function inspectRefusal(answer: StreamAnswer): Promise<InspectedAnswer> {
  if (answer.status !== 503) return { answer, isRefusal: false };
  const pieces: Buffer[] = [];
  for await (const piece of answer.body) pieces.push(piece);
  const bytes = Buffer.concat(pieces);
  const body = parseJson(bytes.toString('utf8'));
  const code = isRecord(body) && isRecord(body.error) ? body.error.code : undefined;
  return { answer: { ...answer, body: AnswerBody.of(bytes) }, isRefusal: refusals.has(code) };
}
