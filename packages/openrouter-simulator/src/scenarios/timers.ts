/** Silence and slowness (pitfalls 4, 26, 29). */
import { textAnswer } from '../answers/answer';
import { choice } from '../answers/generation';
import type { Exchange } from '../exchange';
import { SAMPLE, scenario, streamed, type ScenarioTable } from './scenario';

/** Longer than any test or person waits. */
const FOREVER = 24 * 3_600_000;

export const timerScenarios: ScenarioTable = {
  'slow-first-token': scenario(
    'slow-first-token:<с> — первый токен через столько секунд, до него комментарии',
    async (exchange) => {
      if (!exchange.isStream) {
        await exchange.wait(exchange.number(3) * 1_000);
        return exchange.answerBody(textAnswer(SAMPLE));
      }
      exchange.reply.startStream();
      await exchange.think(exchange.number(3) * 1_000);
      await exchange.text(SAMPLE);
      await exchange.finish('stop');
      await exchange.usage(textAnswer(SAMPLE));
      await exchange.reply.done();
      exchange.reply.end();
    },
  ),
  'comments-forever': scenario('только комментарии, бесконечно', async (exchange) => {
    begin(exchange);
    await keepAlive(exchange);
  }),
  'stall-after': scenario(
    'stall-after:<n> — замирает после n токенов, комментарии идут',
    async (exchange) => {
      await someTokens(exchange);
      await keepAlive(exchange);
    },
  ),
  'stall-silent': scenario(
    'stall-silent:<n> — замирает после n токенов в полной тишине',
    async (exchange) => {
      await someTokens(exchange);
      await exchange.wait(FOREVER);
    },
  ),
  'done-linger': scenario(
    'не закрывает соединение после [DONE]',
    streamed(async (exchange) => {
      exchange.reply.startStream();
      await exchange.text(SAMPLE);
      await exchange.finish('stop');
      await exchange.usage(textAnswer(SAMPLE));
      await exchange.reply.done();
      exchange.record.outcome = 'completed';
      await exchange.wait(FOREVER);
    }),
  ),
};

function begin({ isStream, reply }: Exchange): void {
  if (isStream) reply.startStream();
  else reply.startJson();
}

/** Comments, or the white space that stands for them in a body (pitfalls 4, 28), until the client leaves. */
async function keepAlive(exchange: Exchange): Promise<void> {
  for (;;) {
    if (exchange.isStream) await exchange.reply.comment();
    else await exchange.reply.raw(' \n');
    await exchange.wait(Math.max(20, exchange.settings.commentInterval));
  }
}

async function someTokens(exchange: Exchange): Promise<void> {
  begin(exchange);
  if (!exchange.isStream) return;
  for (let at = 0; at < exchange.number(3); at += 1) {
    await exchange.chunk([choice({ content: `word${at} ` })]);
    await exchange.wait(exchange.settings.tokenDelay);
  }
}
