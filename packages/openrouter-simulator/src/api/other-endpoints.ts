/** The endpoints beside chat, and the bookkeeping. */
import { isRecord } from '@orcestator/protocol';
import { countTokens } from '../answers/generation';
import { chosenId } from './answering-model';
import { checkModel } from './validate';
import { WEBSITE } from '../scenarios/bodies';
import { keyInfo, modelList, providerList } from './catalogue';
import { generationInfo } from './generation-info';
import type { ApiRequest, Handler } from './handler';

const refuse =
  (status: number, message: string): Handler =>
  (request) =>
    request.reply().json(status, { error: { message, code: status } });

export const notFound: Handler = (request) =>
  refuse(404, `No such endpoint: ${request.record.method} ${request.record.path}`)(request);
/** Outside /api/v1 the real host is a website, with status 200 for nearly anything (pitfall 14). */
export const website: Handler = (request) => request.reply().body(200, 'text/html; charset=utf-8', WEBSITE);

export const models: Handler = (request) =>
  request.reply().json(200, modelList(), {
    'cache-control': 'public, max-age=300, stale-while-revalidate=3600, stale-if-error=3600',
  });
export const key: Handler = (request) => request.reply().json(200, keyInfo(request.settings.balance));
export const credits: Handler = refuse(403, 'Only management keys can perform this operation');
export const providers: Handler = (request) => request.reply().json(200, providerList());

export const generation: Handler = async (request) => {
  const id = request.query.get('id') ?? '';
  const known = request.bookkeeping.find(id);
  if (!known || known.outcome === 'running' || known.generationAsked++ < request.settings.generationDelay) {
    return refuse(404, `Generation ${id} not found`)(request);
  }
  return request.reply().json(200, generationInfo(known));
};

const DIMENSIONS = 8;

/** `POST /embeddings`: a vector made from the characters, the same for the same text. */
export const embeddings: Handler = async (request) => {
  const body = isRecord(request.body) ? request.body : {};
  const refused = checkModel(chosenId(body));
  if (refused) return request.reply().json(refused.status, refused.body);
  const inputs = (Array.isArray(body.input) ? body.input : [body.input]).map((input: unknown) =>
    typeof input === 'string' ? input : JSON.stringify(input),
  );
  // The openai packages ask for base64 unless told otherwise.
  const encode = (vector: number[]): number[] | string =>
    body.encoding_format === 'base64'
      ? Buffer.from(new Float32Array(vector).buffer).toString('base64')
      : vector;
  const data = inputs.map((input, index) => ({
    object: 'embedding',
    index,
    embedding: encode(vectorOf(input)),
  }));
  const tokens = inputs.reduce((sum, input) => sum + countTokens(input), 0);
  await request.reply().json(200, {
    object: 'list',
    data,
    model: request.record.model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  });
};

function vectorOf(text: string): number[] {
  const sums = Array.from({ length: DIMENSIONS }, () => 0);
  [...text].forEach(
    (character, at) =>
      (sums[at % DIMENSIONS] = (sums[at % DIMENSIONS] ?? 0) + (character.codePointAt(0) ?? 0)),
  );
  const length = Math.hypot(...sums) || 1;
  return sums.map((sum) => Number((sum / length).toFixed(6)));
}

export const simRequests: Handler = (request) => request.reply().json(200, recorded(request));
export const simConnections: Handler = (request) =>
  request.reply().json(200, { open: request.openConnections() });
export const simReset: Handler = (request) => {
  request.reset();
  return request.reply().json(200, { reset: true });
};
export const health: Handler = (request) => request.reply().json(200, { status: 'ok' });

/** The requests to the API, without those to the bookkeeping itself. */
function recorded({ bookkeeping }: ApiRequest): unknown {
  return bookkeeping.requests;
}
