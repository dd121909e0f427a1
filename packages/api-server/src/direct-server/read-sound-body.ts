/** One JSON body of a server registered without a worker of ours: it is all there, or the error that it means is thrown. */
import {
  isRecord,
  ORCESTATOR_MODEL,
  parseJson,
  type JsonRecord,
  type OrcestatorError,
} from '@orcestator/protocol';
import type { Clock, StreamAnswer } from '@orcestator/service-kit';
import { StreamNormaliser } from '@orcestator/stream-normaliser';
import { readWholeText } from '../read-body';
import {
  clean,
  errorInBody,
  LONGEST_SILENCE_MS,
  notAnAnswer,
  serverIsSilent,
  tooLarge,
} from './direct-errors';

/** Largest answer in one body, in bytes. */
const BODY_LIMIT = 64 * 1024 * 1024;

export function readDirectBody({ body }: StreamAnswer, clock: Clock): Promise<string> {
  return readWholeText(body, {
    clock,
    limit: BODY_LIMIT,
    silenceLimit: LONGEST_SILENCE_MS,
    tooLarge,
    tooSilent: serverIsSilent,
  });
}

/** `isGeneration`: the answer is in `choices`, and each of them must have its end. */
export async function readSoundBody(
  answer: StreamAnswer,
  { clock, isGeneration }: { readonly clock: Clock; readonly isGeneration: boolean },
): Promise<JsonRecord> {
  const text = await readDirectBody(answer, clock);
  const body = parseJson(text);
  if (!isRecord(body)) throw notAnAnswer(answer, 'broken JSON');
  const error = errorInBody(body) ?? (isGeneration ? flawOf(text) : undefined);
  if (error) throw error;
  return body;
}

/** What the judge of streams has against the same answer in one piece: no choice, none with an end, a broken one. */
function flawOf(text: string): OrcestatorError | undefined {
  const judge = new StreamNormaliser({ model: ORCESTATOR_MODEL, fallbackId: '', created: 0, clean });
  judge.pushBody(text);
  return judge.outcome?.ok === false ? judge.outcome.error : undefined;
}
