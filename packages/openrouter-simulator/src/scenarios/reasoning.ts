/** Reasoning deltas of three vendors, and the model that wants its details back (openrouter.md §5.5, pitfall 11). */
import { isRecord, type JsonRecord } from '@orcestator/protocol';
import { textAnswer, toolAnswer, type Answer } from '../answers/answer';
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
const REQUIRED = 'Gemini models require OpenRouter reasoning details to be preserved in each request.';

async function required(exchange: Exchange): Promise<void> {
  const messages = Array.isArray(exchange.body.messages) ? exchange.body.messages.filter(isRecord) : [];
  const callers = messages.filter(
    (message) => message.role === 'assistant' && Array.isArray(message.tool_calls),
  );
  if (callers.some((message) => JSON.stringify(message.reasoning_details) !== JSON.stringify(signed))) {
    return exchange.reply.json(400, {
      error: { message: REQUIRED, code: 400, metadata: { provider_name: 'Google' } },
    });
  }
  const hasResult = messages.some((message) => message.role === 'tool');
  const call = { id: exchange.makeCallId(), name: 'get_weather', arguments: '{"city":"Oslo"}' };
  const answer = hasResult ? textAnswer('It is sunny in Oslo.') : toolAnswer([call]);
  await run(exchange, { ...answer, reasoning: 'Let me think.', reasoningDetails: signed }, signedDeltas);
}

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
