/** Answers about streams, which have the marks of a stream in their texts, and answers in the form that was not asked for. */
import { completionBody, textAnswer, toolAnswer } from '../answers/answer';
import { choice, toolChoice } from '../answers/generation';
import { SAMPLE, scenario, type ScenarioTable } from './scenario';
import { callsWith, interleaved } from './tools';

/** What a model says that explains event streams, in pieces. */
export const ABOUT_STREAMS = [
  'The last event is data: [DONE]\n\n',
  'data: [DONE]',
  '\n\ndata: {"choices":[{"finish_reason":"stop"}]}\n\n',
  'and then the connection closes.',
];

/** Arguments with code, nested JSON and braces that never match. */
const code = (at: number): string =>
  JSON.stringify({
    path: `${at}.ts`,
    content: `{"a":{"b":[1,"}"]}}}\n res.write('data: [DONE]');`.repeat(2_000),
  });

export const quotingScenarios: ScenarioTable = {
  'sse-in-text': scenario('текст, в котором есть data: [DONE]', async (exchange) => {
    const answer = textAnswer(ABOUT_STREAMS.join(''));
    if (!exchange.isStream) return exchange.answerBody(answer);
    exchange.reply.startStream();
    for (const content of ABOUT_STREAMS) await exchange.chunk([choice({ content })]);
    await exchange.finish('stop');
    await exchange.usage(answer);
    await exchange.reply.done();
    exchange.reply.end();
  }),
  'sse-in-args': scenario(
    'вызов, в аргументах которого есть data: [DONE]',
    callsWith(
      (exchange) => [
        {
          id: exchange.makeCallId(),
          name: 'write',
          arguments: JSON.stringify({ content: ABOUT_STREAMS.join('') }),
        },
      ],
      (exchange, calls) => interleaved(exchange, calls, 40),
    ),
  ),
  'tools-big-parallel': scenario(
    'три вызова по 100 кБ кода вперемешку',
    callsWith(
      (exchange) =>
        [0, 1, 2].map((at) => ({ id: exchange.makeCallId(), name: 'write', arguments: code(at) })),
      (exchange, calls) => interleaved(exchange, calls, 64),
    ),
  ),
  'tools-one-index': scenario(
    'все вызовы под номером 0, без id',
    callsWith(
      () =>
        ['Oslo', 'Bergen'].map((city) => ({
          id: '',
          name: 'get_weather',
          arguments: JSON.stringify({ city }),
        })),
      async (exchange, calls) => {
        for (const { id, name, arguments: args } of calls)
          await exchange.chunk([
            toolChoice({ index: 0, id, type: 'function', function: { name, arguments: args } }),
          ]);
      },
    ),
  ),
  'body-for-stream': scenario(
    'один JSON вместо потока, с пробелами и комментариями перед ним',
    async (exchange) => {
      const call = { id: exchange.makeCallId(), name: 'get_weather', arguments: '{"city":"Oslo"}' };
      const answer = { ...toolAnswer([call]), text: SAMPLE };
      if (!exchange.isStream) return exchange.answerBody(answer);
      exchange.reply.startStream();
      await exchange.reply.raw(': OPENROUTER PROCESSING\n\n \n');
      const body = completionBody(exchange.generation, answer, exchange.record.promptTokens);
      await exchange.reply.raw(JSON.stringify(body));
      exchange.reply.end();
    },
  ),
};
