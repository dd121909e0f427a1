/** Connections that break, and streams that end too early (pitfalls 18 and 26). */
import { completionBody, textAnswer } from '../answers/answer';
import { choice, chunkJson } from '../answers/generation';
import type { Exchange } from '../exchange';
import { SAMPLE, scenario, type ScenarioTable } from './scenario';

/** A few tokens, or the first half of a body. */
async function begin(exchange: Exchange): Promise<void> {
  const { generation, record, reply } = exchange;
  if (exchange.isStream) {
    reply.startStream();
    return exchange.text('The quick brown ');
  }
  reply.startJson();
  await reply.raw(
    JSON.stringify(completionBody(generation, textAnswer(SAMPLE), record.promptTokens)).slice(0, 400),
  );
}

export const connectionScenarios: ScenarioTable = {
  'reset-before-headers': scenario('обрыв до заголовков', (exchange) => {
    exchange.reply.reset();
    return Promise.resolve();
  }),
  'reset-after-headers': scenario('обрыв сразу после заголовков', async (exchange) => {
    if (exchange.isStream) exchange.reply.startStream();
    else exchange.reply.startJson();
    // The head must be on the wire before the reset, or nothing of it arrives.
    await exchange.wait(20);
    exchange.reply.reset();
  }),
  'reset-mid-event': scenario('обрыв посреди события', async (exchange) => {
    await begin(exchange);
    const half = chunkJson(exchange.generation, [choice({ content: 'fox' })]).slice(0, 60);
    if (exchange.isStream) await exchange.reply.raw(`data: ${half}`);
    await exchange.wait(20);
    exchange.reply.reset();
  }),
  'fin-mid-stream': scenario('соединение закрыто без конца chunked-тела', async (exchange) => {
    await begin(exchange);
    await exchange.wait(20);
    exchange.reply.cut();
  }),
  'eof-no-done': scenario('причина завершения есть, [DONE] нет', async (exchange) => {
    await begin(exchange);
    if (exchange.isStream) {
      await exchange.finish('stop');
      await exchange.usage(textAnswer('The quick brown '));
    }
    exchange.reply.end();
  }),
  'eof-no-finish': scenario('[DONE] есть, причины завершения нет', async (exchange) => {
    await begin(exchange);
    if (exchange.isStream) await exchange.reply.done();
    exchange.reply.end();
  }),
  'close-keepalive-idle': scenario(
    'ответ без ошибок, затем соединение закрывается сразу',
    async (exchange) => {
      const { socket } = exchange.reply.response;
      exchange.reply.response.once('finish', () => setImmediate(() => socket?.destroy()));
      await exchange.answer(textAnswer(SAMPLE));
    },
  ),
};
