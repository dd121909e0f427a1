/** Bodies that are not what they seem: padding, empty ones, pages, compressed streams (openrouter.md §4, §6.7, pitfalls 14, 15, 19, 28). */
import { createGzip } from 'node:zlib';
import { completionBody, textAnswer } from '../answers/answer';
import { choice, chunkJson } from '../answers/generation';
import type { Exchange } from '../exchange';
import { choiceErrorBody } from './mid-stream-errors';
import { SAMPLE, scenario, type Scenario, type ScenarioTable } from './scenario';

const failed = {
  error: {
    code: 502,
    message: 'Provider returned error',
    metadata: { provider_name: 'AcmeCloud', raw: 'upstream connect error' },
  },
};
const PAGE =
  '<!DOCTYPE html>\n<html lang="en"><head><title>OpenRouter</title></head><body>A unified interface for LLMs</body></html>\n';
const CLOUDFLARE_PAGE =
  '<!DOCTYPE html>\n<html><head><title>openrouter.ai | 502: Bad gateway</title></head><body><center>cloudflare</center></body></html>\n';

/** White space as keep-alive, then the text; a client that asked for a stream gets the same JSON body. */
function padded(end: (exchange: Exchange) => string): Scenario['run'] {
  return async (exchange) => {
    exchange.reply.startJson();
    for (let at = 0; at < 5; at += 1) {
      await exchange.reply.raw(' \n');
      await exchange.wait(exchange.settings.tokenDelay);
    }
    await exchange.reply.raw(end(exchange));
    exchange.reply.end();
  };
}

const json =
  (body: (exchange: Exchange) => unknown): Scenario['run'] =>
  (exchange) =>
    exchange.reply.json(200, body(exchange));
const page =
  (status: number, text: string): Scenario['run'] =>
  (exchange) =>
    exchange.reply.body(status, 'text/html; charset=utf-8', text);

const empty = ({ generation: { id, created, model, provider } }: Exchange) => ({
  id,
  object: 'chat.completion',
  created,
  model,
  provider,
  choices: [],
});
const sound = (exchange: Exchange) =>
  JSON.stringify(completionBody(exchange.generation, textAnswer(SAMPLE), exchange.record.promptTokens));

export const bodyScenarios: ScenarioTable = {
  'ns-pad': scenario('пробелы перед JSON', padded(sound)),
  'ns-pad-then-error': scenario(
    'пробелы, затем ошибка',
    padded(() => JSON.stringify(failed)),
  ),
  'ns-pad-only': scenario(
    'одни пробелы',
    padded(() => ''),
  ),
  'ns-error-200': scenario(
    'ошибка со статусом 200',
    json(() => failed),
  ),
  'ns-choices-empty': scenario('пустой choices со статусом 200', json(empty)),
  'ns-choice-error': scenario('ошибка внутри choice', json(choiceErrorBody)),
  'html-200': scenario('страница сайта со статусом 200', page(200, PAGE)),
  'html-502': scenario('страница Cloudflare со статусом 502', page(502, CLOUDFLARE_PAGE)),
  gzip: scenario('сжатый поток, если клиент согласен; уходит пачкой', gzipped),
};

/** Compressed only for a client that allows it, and flushed late: what `Accept-Encoding: identity` avoids. */
async function gzipped(exchange: Exchange): Promise<void> {
  const accepted = String(exchange.record.headers['accept-encoding'] ?? '');
  if (!accepted.includes('gzip')) return exchange.answer(textAnswer(SAMPLE));
  const { response } = exchange.reply;
  response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' });
  const stream = createGzip();
  stream.pipe(response);
  for (const word of SAMPLE.split(' '))
    stream.write(`data: ${chunkJson(exchange.generation, [choice({ content: `${word} ` })])}\n\n`);
  stream.end(`data: ${chunkJson(exchange.generation, [choice({}, 'stop')])}\n\ndata: [DONE]\n\n`);
  await new Promise((resolve) => response.once('close', resolve));
  exchange.record.outcome = 'completed';
}

/** The website that answers outside /api/v1 (pitfall 14). */
export const WEBSITE = PAGE;
