/** Silence and slowness (pitfalls 4, 26, 29). */
import { textAnswer } from '../answers/answer';
import { choice } from '../answers/generation';
import type { Exchange } from '../exchange';
import { SAMPLE, scenario, type ScenarioTable } from './scenario';

/** Longer than any test or person waits. */
const FOREVER = 24 * 3_600_000;

export const timerScenarios: ScenarioTable = {
  'slow-first-token': scenario(
    'slow-first-token:<с> — первый токен через столько секунд, до него комментарии',
    async (exchange) => {
      if (!exchange.isStream) {
        await exchange.wait(exchange.number(5) * 1_000);
        return exchange.answerBody(textAnswer(SAMPLE));
      }
      exchange.reply.startStream();
      await exchange.think(exchange.number(5) * 1_000);
      await exchange.text(SAMPLE);
      await exchange.finish('stop');
      await exchange.usage(textAnswer(SAMPLE));
      await exchange.reply.done();
      exchange.reply.end();
    },
  ),
  'comments-forever': scenario('только комментарии, бесконечно', async (exchange) => {
    exchange.reply.startStream();
    for (;;) {
      await exchange.reply.comment();
      await exchange.wait(Math.max(20, exchange.settings.commentInterval));
    }
  }),
  'stall-after': scenario(
    'stall-after:<n> — замирает после n токенов, комментарии идут',
    async (exchange) => {
      await someTokens(exchange);
      for (;;) {
        await exchange.wait(Math.max(20, exchange.settings.commentInterval));
        await exchange.reply.comment();
      }
    },
  ),
  'stall-silent': scenario(
    'stall-silent:<n> — замирает после n токенов в полной тишине',
    async (exchange) => {
      await someTokens(exchange);
      await exchange.wait(FOREVER);
    },
  ),
  'done-linger': scenario('не закрывает соединение после [DONE]', async (exchange) => {
    exchange.reply.startStream();
    await exchange.text(SAMPLE);
    await exchange.finish('stop');
    await exchange.usage(textAnswer(SAMPLE));
    await exchange.reply.done();
    await exchange.wait(FOREVER);
  }),
};

async function someTokens(exchange: Exchange): Promise<void> {
  exchange.reply.startStream();
  for (let at = 0; at < exchange.number(3); at += 1) {
    await exchange.chunk([choice({ content: `word${at} ` })]);
    await exchange.wait(exchange.settings.tokenDelay);
  }
}
