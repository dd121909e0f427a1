/** Bodies that are not what they seem: padding, empty ones, pages, compressed streams (openrouter.md §4, §6.7, pitfalls 14, 15, 19, 28). */
import { completionBody, textAnswer } from '../answers/answer';
import type { Exchange } from '../exchange';
import { breakAfter, breaks, choiceErrorBody } from './mid-stream-errors';
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

/** White space as keep-alive, then the text; in a stream comments, then what stands there for it. */
function padded(end: (exchange: Exchange) => string, inStream: Scenario['run']): Scenario['run'] {
  return async (exchange) => {
    if (exchange.isStream) return commented(exchange, inStream);
    exchange.reply.startJson();
    for (let at = 0; at < 5; at += 1) {
      await exchange.reply.raw(' \n');
      await exchange.wait(exchange.settings.tokenDelay);
    }
    await exchange.reply.raw(end(exchange));
    exchange.reply.end();
  };
}

async function commented(exchange: Exchange, inStream: Scenario['run']): Promise<void> {
  exchange.reply.startStream();
  for (let at = 0; at < 5; at += 1) await exchange.reply.comment();
  await inStream(exchange);
  exchange.reply.end();
}

const soundStream: Scenario['run'] = async (exchange) => {
  await exchange.text(SAMPLE);
  await exchange.finish('stop');
  await exchange.usage(textAnswer(SAMPLE));
  await exchange.reply.done();
};

/** One event that takes the place of the whole body. */
const only =
  (event: (exchange: Exchange) => unknown): Scenario['run'] =>
  async (exchange) => {
    exchange.reply.startStream();
    await exchange.reply.event(JSON.stringify(event(exchange)));
    await exchange.reply.done();
    exchange.reply.end();
  };

/** The body for whoever wants no stream, and its nearest equivalent for whoever does. */
const json =
  (body: (exchange: Exchange) => unknown, inStream: Scenario['run']): Scenario['run'] =>
  (exchange) => {
    exchange.record.outcome = 'error';
    return exchange.isStream ? inStream(exchange) : exchange.reply.json(200, body(exchange));
  };
const page =
  (status: number, text: string): Scenario['run'] =>
  (exchange) =>
    exchange.reply.body(status, 'text/html; charset=utf-8', text);

const empty = ({ generation: { id, created, model, provider } }: Exchange, object: string) => ({
  id,
  object,
  created,
  model,
  provider,
  choices: [],
});
const sound = (exchange: Exchange) =>
  JSON.stringify(completionBody(exchange.generation, textAnswer(SAMPLE), exchange.record.promptTokens));

export const bodyScenarios: ScenarioTable = {
  'ns-pad': scenario('пробелы перед JSON; в потоке — комментарии и ответ', padded(sound, soundStream)),
  'ns-pad-then-error': scenario(
    'пробелы, затем ошибка; в потоке — комментарии и mid-m2',
    padded((exchange) => {
      exchange.record.outcome = 'error';
      return JSON.stringify(failed);
    }, breaks.m2),
  ),
  'ns-pad-only': scenario(
    'одни пробелы; в потоке — одни комментарии',
    padded(
      () => '',
      () => Promise.resolve(),
    ),
  ),
  'ns-error-200': scenario(
    'ошибка со статусом 200; в потоке — то же одним событием',
    json(
      () => failed,
      only(() => failed),
    ),
  ),
  'ns-choices-empty': scenario(
    'пустой choices со статусом 200; в потоке — то же одним событием',
    json(
      (exchange) => empty(exchange, 'chat.completion'),
      only((exchange) => empty(exchange, 'chat.completion.chunk')),
    ),
  ),
  'ns-choice-error': scenario(
    'ошибка внутри choice; в потоке — mid-m1',
    json(choiceErrorBody, breakAfter('m1', 3)),
  ),
  'html-200': scenario('страница сайта со статусом 200', page(200, PAGE)),
  'html-502': scenario('страница Cloudflare со статусом 502', page(502, CLOUDFLARE_PAGE)),
  gzip: scenario('сжатый поток, если клиент согласен; уходит пачкой', gzipped),
};

/** Compressed only for a client that allows it, and flushed late: what `Accept-Encoding: identity` avoids. */
async function gzipped(exchange: Exchange): Promise<void> {
  const accepted = String(exchange.record.headers['accept-encoding'] ?? '');
  if (!exchange.isStream || !/\bgzip\b/.test(accepted)) return exchange.answer(textAnswer(SAMPLE));
  exchange.reply.startGzip();
  await soundStream(exchange);
  exchange.reply.end();
}

/** The website that answers outside /api/v1 (pitfall 14). */
export const WEBSITE = PAGE;
