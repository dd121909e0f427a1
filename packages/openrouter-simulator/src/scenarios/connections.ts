/** Connections that break, and streams that end too early (pitfalls 18 and 26). */
import { choice, chunkJson } from '../answers/generation';
import type { Exchange } from '../exchange';
import { SAMPLE, scenario, type ScenarioTable } from './scenario';

async function begin(exchange: Exchange): Promise<void> {
  exchange.reply.startStream();
  await exchange.text('The quick brown ');
}

export const connectionScenarios: ScenarioTable = {
  'reset-before-headers': scenario('обрыв до заголовков', (exchange) => {
    exchange.reply.reset();
    return Promise.resolve();
  }),
  'reset-after-headers': scenario('обрыв сразу после заголовков', async (exchange) => {
    exchange.reply.startStream();
    // The head must be on the wire before the reset, or nothing of it arrives.
    await exchange.wait(20);
    exchange.reply.reset();
  }),
  'reset-mid-event': scenario('обрыв посреди события', async (exchange) => {
    await begin(exchange);
    await exchange.reply.raw(
      `data: ${chunkJson(exchange.generation, [choice({ content: 'fox' })]).slice(0, 60)}`,
    );
    await exchange.wait(20);
    exchange.reply.reset();
  }),
  'eof-no-done': scenario('причина завершения есть, [DONE] нет', async (exchange) => {
    await begin(exchange);
    await exchange.finish('stop');
    exchange.reply.end();
  }),
  'eof-no-finish': scenario('[DONE] есть, причины завершения нет', async (exchange) => {
    await begin(exchange);
    await exchange.reply.done();
    exchange.reply.end();
  }),
  'close-keepalive-idle': scenario(
    'ответ без ошибок, затем соединение закрывается сразу',
    async (exchange) => {
      const { socket } = exchange.reply.response;
      exchange.reply.response.once('finish', () => setImmediate(() => socket?.destroy()));
      exchange.reply.startStream();
      await exchange.text(SAMPLE);
      await exchange.finish('stop');
      await exchange.reply.done();
      exchange.reply.end();
    },
  ),
};
