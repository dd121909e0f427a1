/** The seven shapes of an error inside a stream (openrouter.md §6.6); `mid-m1:5` breaks after five tokens. */
import type { JsonRecord } from '@orcestator/protocol';
import { chunkJson, usageOf, choice } from '../answers/generation';
import type { Exchange } from '../exchange';
import { scenario, type Scenario, type ScenarioTable } from './scenario';

const disconnected = {
  code: 502,
  message: 'Provider disconnected unexpectedly',
  metadata: { error_type: 'provider_unavailable' },
};
const lost = {
  code: 502,
  message: 'Network connection lost.',
  metadata: { error_type: 'provider_unavailable' },
};
const freeTier = {
  message: 'Rate limit exceeded: free-models-per-min. ',
  code: 429,
  metadata: {
    headers: {
      'X-RateLimit-Limit': '20',
      'X-RateLimit-Remaining': '0',
      'X-RateLimit-Reset': '1790000060000',
    },
    provider_name: null,
  },
};

const freeTierBody = { error: freeTier, user_id: 'user_SIM' };

type Break = (exchange: Exchange) => Promise<void>;

/** A choice as M1 has it: no role, no native reason. */
const bareChoice = (finish: string | null): JsonRecord => ({
  index: 0,
  delta: { content: '' },
  finish_reason: finish,
});

export const breaks = {
  m1: (exchange: Exchange) => exchange.chunk([bareChoice('error')], { top: { error: disconnected } }),
  m1s: (exchange: Exchange) =>
    exchange.chunk([bareChoice('error')], {
      top: { error: { code: 'server_error', message: 'Provider disconnected unexpectedly' } },
    }),
  m2: async (exchange: Exchange) => {
    const generation = { ...exchange.generation, model: '' };
    await exchange.reply.event(chunkJson(generation, [], { tail: { error: lost } }));
    await exchange.reply.done();
  },
  m3: async (exchange: Exchange) => {
    await exchange.reply.event(JSON.stringify(freeTierBody));
  },
  m4: async (exchange: Exchange) => {
    await exchange.finish('error', 'MALFORMED_FUNCTION_CALL');
    await exchange.reply.done();
  },
  m5: async (exchange: Exchange) => {
    const error = { code: 400, message: 'Token limit reached' };
    await exchange.chunk([choice({})], {
      top: { error },
      tail: {
        usage: usageOf(
          exchange.generation.price,
          exchange.record.promptTokens,
          exchange.record.completionTokens,
        ),
      },
    });
    await exchange.reply.done();
  },
  m6: async (exchange: Exchange) => {
    await exchange.finish('stop', 'network_error');
    await exchange.reply.done();
  },
  m7: () => Promise.resolve(),
} satisfies Record<string, Break>;

/** The same failures in one body (§6.7); the others are `choices[0].error`. */
const bodies: Partial<Record<keyof typeof breaks, (exchange: Exchange) => JsonRecord>> = {
  m2: (exchange) => ({ ...choiceErrorBody(exchange), choices: [], error: lost }),
  m3: () => freeTierBody,
  m4: (exchange) =>
    choiceErrorBody(exchange, { native_finish_reason: 'MALFORMED_FUNCTION_CALL', error: undefined }),
  m6: (exchange) =>
    choiceErrorBody(exchange, {
      finish_reason: 'stop',
      native_finish_reason: 'network_error',
      error: undefined,
    }),
};

/** Some tokens, then the break, then the end of the stream. */
export function breakAfter(name: keyof typeof breaks, otherwise: number): Scenario['run'] {
  return async (exchange) => {
    exchange.record.outcome = 'error';
    if (!exchange.isStream) return exchange.reply.json(200, (bodies[name] ?? choiceErrorBody)(exchange));
    exchange.reply.startStream();
    await exchange.think();
    const words = Array.from({ length: exchange.number(otherwise) }, (_, at) => `word${at} `);
    await exchange.tokens(words);
    await breaks[name](exchange);
    exchange.reply.end();
  };
}

/** Partial output and a provider error in one body (openrouter.md §6.7 c). */
export function choiceErrorBody({ generation, record }: Exchange, more: JsonRecord = {}): JsonRecord {
  record.outcome = 'error';
  const { id, created, model, provider, price } = generation;
  const message = { role: 'assistant', content: 'word0 ', refusal: null, reasoning: null };
  const broken = {
    index: 0,
    logprobs: null,
    finish_reason: 'error',
    native_finish_reason: 'error',
    message,
    error: disconnected,
    ...more,
  };
  return {
    id,
    object: 'chat.completion',
    created,
    model,
    provider,
    choices: [broken],
    usage: usageOf(price, record.promptTokens, 2),
  };
}

export const midStreamScenarios: ScenarioTable = {
  'mid-m1': scenario('ошибка рядом с finish_reason error', breakAfter('m1', 3)),
  'mid-m1s': scenario('то же, код словом', breakAfter('m1s', 3)),
  'mid-m2': scenario('ошибка с пустым choices', breakAfter('m2', 3)),
  'mid-m2-first': scenario('то же до первого токена', breakAfter('m2', 0)),
  'mid-m3': scenario('голая ошибка без choices', breakAfter('m3', 3)),
  'mid-m3-first': scenario('то же до первого токена', breakAfter('m3', 0)),
  'mid-m4': scenario('только finish_reason error и MALFORMED_FUNCTION_CALL', breakAfter('m4', 3)),
  'mid-m5': scenario('ошибка без причины завершения, со счётчиками', breakAfter('m5', 3)),
  'mid-m6': scenario('stop, но native network_error', breakAfter('m6', 3)),
  'mid-m7': scenario('поток просто кончается', breakAfter('m7', 3)),
};
