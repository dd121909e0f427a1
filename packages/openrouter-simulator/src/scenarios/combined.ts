/** Shapes put together that no one has seen yet, but that nothing forbids. */
import { textAnswer, toolAnswer } from '../answers/answer';
import { choice, toolChoice } from '../answers/generation';
import { breaks, choiceErrorBody } from './mid-stream-errors';
import { SAMPLE, scenario, streamed, type ScenarioTable } from './scenario';

export const combinedScenarios: ScenarioTable = {
  'tools-then-error': scenario('ошибка после фрагментов вызова', async (exchange) => {
    if (!exchange.isStream) return exchange.reply.json(200, choiceErrorBody(exchange));
    exchange.record.outcome = 'error';
    exchange.reply.startStream();
    const call = {
      index: 0,
      id: exchange.makeCallId(),
      type: 'function',
      function: { name: 'get_weather', arguments: '' },
    };
    await exchange.chunk([toolChoice(call)]);
    await exchange.chunk([toolChoice({ index: 0, function: { arguments: '{"city":' } })]);
    await breaks.m1(exchange);
    exchange.reply.end();
  }),
  'usage-before-finish': scenario(
    'счётчики раньше причины завершения',
    streamed(async (exchange) => {
      exchange.reply.startStream();
      await exchange.text(SAMPLE);
      await exchange.usage(textAnswer(SAMPLE), 'a');
      await exchange.finish('stop');
      await exchange.reply.done();
      exchange.reply.end();
    }),
  ),
  'two-finishes': scenario(
    'две разные причины завершения',
    streamed(async (exchange) => {
      exchange.reply.startStream();
      await exchange.text(SAMPLE);
      await exchange.finish('length', 'max_tokens');
      await exchange.finish('stop');
      await exchange.usage(textAnswer(SAMPLE));
      await exchange.reply.done();
      exchange.reply.end();
    }),
  ),
  'comment-flood': scenario(
    'десять тысяч комментариев',
    streamed(async (exchange) => {
      exchange.reply.startStream();
      for (let at = 0; at < 10_000; at += 1) await exchange.reply.comment();
      await exchange.text(SAMPLE);
      await exchange.finish('stop');
      await exchange.usage(textAnswer(SAMPLE));
      await exchange.reply.done();
      exchange.reply.end();
    }),
  ),
  'big-event': scenario('одно событие с 5 МБ текста', async (exchange) => {
    const answer = textAnswer('x'.repeat(5 * 1024 * 1024));
    if (!exchange.isStream) return exchange.answerBody(answer);
    exchange.reply.startStream();
    await exchange.chunk([choice({ content: answer.text })]);
    await exchange.finish('stop');
    await exchange.usage(answer);
    await exchange.reply.done();
    exchange.reply.end();
  }),
  'mixed-delta': scenario('текст и вызов в одном куске, пустые tool_calls', async (exchange) => {
    const call = { id: exchange.makeCallId(), name: 'get_time', arguments: '{}' };
    if (!exchange.isStream) return exchange.answerBody({ ...toolAnswer([call]), text: 'Look: now' });
    exchange.reply.startStream();
    await exchange.chunk([choice({ content: 'Look: ', tool_calls: [] })]);
    const fragment = {
      index: 0,
      id: call.id,
      type: 'function',
      function: { name: call.name, arguments: call.arguments },
    };
    await exchange.chunk([choice({ content: 'now', tool_calls: [fragment] })]);
    await exchange.finish('tool_calls', 'completed');
    await exchange.reply.done();
    exchange.reply.end();
  }),
};
