/** Sound text answers: usage in every shape, other models, many tokens. */
import { textAnswer } from '../answers/answer';
import { ordinaryAnswer } from '../answers/ordinary-answer';
import { choice } from '../answers/generation';
import type { Exchange, UsageShape } from '../exchange';
import { SAMPLE, scenario, type ScenarioTable } from './scenario';

const ordinary = (exchange: Exchange) => ordinaryAnswer(exchange.body, exchange.makeCallId);
const withUsage = (shape: UsageShape) => (exchange: Exchange) => exchange.answer(textAnswer(SAMPLE), shape);

export const textScenarios: ScenarioTable = {
  ok: scenario('обычный ответ', (exchange) => exchange.answer(ordinary(exchange))),
  'ok-fast': scenario('обычный ответ без комментариев и задержек', async (exchange) => {
    if (!exchange.isStream) return exchange.answer(ordinary(exchange));
    const answer = ordinary(exchange);
    exchange.reply.startStream();
    for (const token of answer.text.split(/(?<= )/)) await exchange.chunk([choice({ content: token })]);
    await exchange.toolCalls(answer);
    await exchange.finish(answer.finish, answer.native);
    await exchange.usage(answer);
    await exchange.reply.done();
    exchange.reply.end();
  }),
  'usage-a': scenario(
    'счётчики токенов отдельным куском без причины завершения (конец 2025)',
    withUsage('a'),
  ),
  'usage-b': scenario('счётчики в куске с пустым choices (март 2026)', withUsage('b')),
  'usage-c': scenario('счётчики вместе с повторённой причиной завершения (сейчас)', withUsage('c')),
  'usage-none': scenario('без счётчиков', withUsage('none')),
  utf8: scenario('многобайтные знаки: кириллица, иероглифы, эмодзи', (exchange) =>
    exchange.answer(textAnswer('Привет, мир! 你好 🐋 👩‍👩‍👧 ‘naïve’ \u2028 конец.')),
  ),
  'model-dated': scenario('в ответе датированное имя модели', (exchange) =>
    exchange.answer(textAnswer(SAMPLE)),
  ),
  'model-fallback': scenario('отвечает следующая модель из списка models', (exchange) =>
    exchange.answer(textAnswer(SAMPLE)),
  ),
  text: scenario('text:<n> — n слов так быстро, как читает клиент', streamWords),
};

/** As fast as the client reads, for benchmarks and back-pressure. */
async function streamWords(exchange: Exchange): Promise<void> {
  const count = Math.min(exchange.number(100), 1_000_000);
  const answer = textAnswer('word '.repeat(count));
  if (!exchange.isStream) return exchange.answerBody(answer, 0);
  exchange.reply.startStream();
  await exchange.tokens(repeat('word ', count), 0);
  await exchange.finish('stop');
  await exchange.usage(answer);
  await exchange.reply.done();
  exchange.reply.end();
}

function* repeat(word: string, count: number): Generator<string> {
  for (let at = 0; at < count; at += 1) yield word;
}
