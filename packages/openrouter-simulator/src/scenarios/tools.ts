/** Tool calls in every shape that providers give them (openrouter.md §5.4, pitfalls 8 and 9). */
import { piecesOf, toolAnswer, type ScriptedCall } from '../answers/answer';
import { choice, toolChoice } from '../answers/generation';
import type { Exchange } from '../exchange';
import { scenario, type ScenarioTable } from './scenario';

const weather = (exchange: Exchange, city: string): ScriptedCall => ({
  id: exchange.makeCallId(),
  name: 'get_weather',
  arguments: JSON.stringify({ city }),
});

/** Calls whose fragments are written by `fragments`; the non-stream form is sound. */
export function callsWith(
  makeCalls: (exchange: Exchange) => ScriptedCall[],
  fragments: (exchange: Exchange, calls: readonly ScriptedCall[]) => Promise<void>,
  finish = 'tool_calls',
): (exchange: Exchange) => Promise<void> {
  return async (exchange) => {
    const answer = { ...toolAnswer(makeCalls(exchange)), finish };
    if (!exchange.isStream) return exchange.answerBody(answer);
    exchange.reply.startStream();
    await exchange.think();
    await fragments(exchange, answer.toolCalls);
    await exchange.finish(finish, 'completed');
    await exchange.usage(answer);
    await exchange.reply.done();
    exchange.reply.end();
  };
}

const two = (exchange: Exchange) => [weather(exchange, 'Oslo'), weather(exchange, 'Bergen')];
const one = (exchange: Exchange) => [weather(exchange, 'Oslo')];

const opening = (index: number, call: ScriptedCall) => ({
  index,
  id: call.id,
  type: 'function',
  function: { name: call.name, arguments: '' },
});

/** Opens all calls, then deals their arguments out in turns. */
export async function interleaved(
  exchange: Exchange,
  calls: readonly ScriptedCall[],
  piece = 6,
): Promise<void> {
  for (const [index, call] of calls.entries()) await exchange.chunk([toolChoice(opening(index, call))]);
  const pieces = calls.map((call) => piecesOf(call.arguments, piece));
  const longest = Math.max(...pieces.map(({ length }) => length));
  for (let at = 0; at < longest; at += 1) {
    for (const [index, own] of pieces.entries()) {
      const text = own[at];
      if (text !== undefined) await exchange.chunk([toolChoice({ index, function: { arguments: text } })]);
    }
  }
}

const whole = (exchange: Exchange, calls: readonly ScriptedCall[]) => exchange.toolCalls(toolAnswer(calls));

export const toolScenarios: ScenarioTable = {
  tools: scenario('один вызов инструмента', callsWith(one, whole)),
  'tools-parallel-interleaved': scenario(
    'два вызова, фрагменты вперемешку',
    callsWith(two, (exchange, calls) => interleaved(exchange, calls)),
  ),
  'tools-parallel-10': scenario(
    'десять вызовов вперемешку',
    callsWith(
      (exchange) => Array.from({ length: 10 }, (_, at) => weather(exchange, `City ${at}`)),
      (exchange, calls) => interleaved(exchange, calls),
    ),
  ),
  'tools-no-args': scenario(
    'вызов без arguments',
    callsWith(
      (exchange) => [{ id: exchange.makeCallId(), name: 'get_time', arguments: '' }],
      async (exchange, [call]) => {
        if (call)
          await exchange.chunk([
            toolChoice({ index: 0, id: call.id, type: 'function', function: { name: call.name } }),
          ]);
      },
    ),
  ),
  'tools-finish-stop': scenario('вызов, но причина завершения stop', callsWith(one, whole, 'stop')),
  'tools-no-index': scenario(
    'фрагменты без index',
    callsWith(two, async (exchange, calls) => {
      for (const call of calls) {
        await exchange.chunk([
          toolChoice({ id: call.id, type: 'function', function: { name: call.name, arguments: '' } }),
        ]);
        await exchange.chunk([toolChoice({ function: { arguments: call.arguments } })]);
      }
    }),
  ),
  'tools-then-space': scenario(
    'пробельный текст после вызова',
    callsWith(one, async (exchange, calls) => {
      await whole(exchange, calls);
      await exchange.chunk([choice({ content: '\n\n' })]);
    }),
  ),
  'tools-big-args': scenario(
    'вызов с 200 кБ аргументов',
    callsWith(
      (exchange) => [
        {
          id: exchange.makeCallId(),
          name: 'write',
          arguments: JSON.stringify({ content: 'x'.repeat(200_000) }),
        },
      ],
      (exchange, calls) => interleaved(exchange, calls, 500),
    ),
  ),
  'emoji-args': scenario(
    'эмодзи в аргументах (резать с +chop:1)',
    callsWith(
      (exchange) => [
        { id: exchange.makeCallId(), name: 'write', arguments: JSON.stringify({ content: '🐋🧭👩‍👩‍👧 Привет' }) },
      ],
      (exchange, calls) => interleaved(exchange, calls, 5),
    ),
  ),
};
