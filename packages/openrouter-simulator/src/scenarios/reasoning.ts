/** Reasoning deltas of three vendors, and the model that wants its details back (openrouter.md §5.5, pitfall 11). */
import { isDeepStrictEqual } from 'node:util';
import { isRecord, type JsonRecord } from '@orcestator/protocol';
import { textAnswer, toolAnswer, type Answer } from '../answers/answer';
import { readConversation } from '../answers/conversation';
import { choice } from '../answers/generation';
import type { Exchange } from '../exchange';
import { scenario, type ScenarioTable } from './scenario';

const anthropic = (fields: JsonRecord): JsonRecord => ({
  type: 'reasoning.text',
  ...fields,
  format: 'anthropic-claude-v1',
  index: 0,
});

/** Deltas first, then the answer; `whole` are the details as one body would show them. */
function reasoned(deltas: readonly JsonRecord[], whole: readonly JsonRecord[], reasoning?: string) {
  return (exchange: Exchange) =>
    run(
      exchange,
      { ...textAnswer('42'), reasoningDetails: whole, ...(reasoning ? { reasoning } : {}) },
      deltas,
    );
}

async function run(exchange: Exchange, answer: Answer, deltas: readonly JsonRecord[]): Promise<void> {
  if (!exchange.isStream) return exchange.answerBody(answer);
  exchange.reply.startStream();
  await exchange.think();
  for (const delta of deltas) await exchange.chunk([choice(delta)]);
  await exchange.text(answer.text);
  await exchange.toolCalls(answer);
  await exchange.finish(answer.finish, answer.native);
  await exchange.usage(answer);
  await exchange.reply.done();
  exchange.reply.end();
}

const signed = [anthropic({ text: 'Let me think.', signature: 'RXhhbXBsZQ==' })];
const signedDeltas = [
  { reasoning: 'Let me ', reasoning_details: [anthropic({ text: 'Let me ' })] },
  { reasoning: 'think.', reasoning_details: [anthropic({ text: 'think.' })] },
  { reasoning: null, reasoning_details: [anthropic({ signature: 'RXhhbXBsZQ==' })] },
];
const signatureOnly = [
  { type: 'reasoning.text', signature: 'Z2VtaW5p', format: 'google-gemini-v1', index: 0 },
];
const encrypted = [
  { type: 'reasoning.encrypted', data: 'ZW5jcnlwdGVk', id: 'rs_1', format: 'openai-responses-v1', index: 0 },
];

/** The text that Gemini's guard gives. */
const REQUIRED = 'Gemini models require OpenRouter reasoning details to be preserved in each request';

/** Calls of this scenario carry it in their ids: other models' calls in the history need no details. */
const CALL_MARK = '_signed';

async function required(exchange: Exchange): Promise<void> {
  const { messages } = exchange.body;
  const callers = (Array.isArray(messages) ? messages.filter(isRecord) : []).filter(hasSignedCall);
  if (callers.some(({ reasoning_details: details }) => !isDeepStrictEqual(joined(details), signed))) {
    return exchange.reply.json(400, { error: { message: REQUIRED, code: 400 }, user_id: 'user_SIM' });
  }
  const hasResult = readConversation(messages).toolResult !== undefined;
  const call = { id: exchange.makeCallId() + CALL_MARK, name: 'get_weather', arguments: '{"city":"Oslo"}' };
  const answer = hasResult ? textAnswer('It is sunny in Oslo.') : toolAnswer([call]);
  await run(exchange, { ...answer, reasoning: 'Let me think.', reasoningDetails: signed }, signedDeltas);
}

function hasSignedCall({ role, tool_calls: calls }: JsonRecord): boolean {
  if (role !== 'assistant' || !Array.isArray(calls)) return false;
  return calls.filter(isRecord).some(({ id }) => typeof id === 'string' && id.endsWith(CALL_MARK));
}

/** The fragments of a stream may come back as they came: joined by index and type they are the same details (§5.5). */
function joined(details: unknown): unknown {
  if (!Array.isArray(details)) return details;
  const whole: JsonRecord[] = [];
  for (const detail of details.filter(isRecord)) {
    const last = whole.at(-1);
    const isSame = last !== undefined && last.index === detail.index && last.type === detail.type;
    if (!isSame) whole.push({ ...detail });
    else Object.assign(last, detail, { text: textIn(last) + textIn(detail) });
  }
  return whole;
}

const textIn = ({ text }: JsonRecord): string => (typeof text === 'string' ? text : '');

export const reasoningScenarios: ScenarioTable = {
  'reasoning-anthropic': scenario(
    'рассуждение с подписью отдельным куском',
    reasoned(signedDeltas, signed, 'Let me think.'),
  ),
  'reasoning-gemini-sig-only': scenario(
    'только подпись, без текста',
    reasoned([{ reasoning_details: signatureOnly }], signatureOnly),
  ),
  'reasoning-encrypted': scenario(
    'зашифрованное рассуждение',
    reasoned([{ reasoning_details: encrypted }], encrypted),
  ),
  'reasoning-empty': scenario('пустой список reasoning_details', reasoned([{ reasoning_details: [] }], [])),
  'reasoning-required': scenario('400, если рассуждение прошлого хода не вернули слово в слово', required),
};
