/** The seven shapes of an error inside a stream (openrouter.md §6.6); `mid-m1:5` breaks after five tokens. */
import type { JsonRecord } from '@orcestator/protocol';
import { usageOf, choice } from '../answers/generation';
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
    const { id, created, provider } = exchange.generation;
    await exchange.reply.event(
      JSON.stringify({
        id,
        object: 'chat.completion.chunk',
        created,
        model: '',
        provider,
        choices: [],
        error: lost,
      }),
    );
    await exchange.reply.done();
  },
  m3: (exchange: Exchange) => exchange.reply.event(JSON.stringify({ error: freeTier, user_id: 'user_SIM' })),
  m4: async (exchange: Exchange) => {
    await exchange.finish('error', 'MALFORMED_FUNCTION_CALL');
    await exchange.reply.done();
  },
  m5: async (exchange: Exchange) => {
    const error = { code: 400, message: 'Token limit reached' };
    await exchange.chunk([choice({})], {
      top: { error },
      tail: { usage: usageOf(exchange.record.promptTokens, 3) },
    });
    await exchange.reply.done();
  },
  m6: async (exchange: Exchange) => {
    await exchange.finish('stop', 'network_error');
    await exchange.reply.done();
  },
  m7: () => Promise.resolve(),
} satisfies Record<string, Break>;

/** Some tokens, then the break, then the end of the stream. Without a stream: the body of §6.7 (c). */
function breakAfter(how: Break, otherwise: number): Scenario['run'] {
  return async (exchange) => {
    exchange.record.outcome = 'error';
    if (!exchange.isStream) return exchange.reply.json(200, choiceErrorBody(exchange));
    exchange.reply.startStream();
    await exchange.think();
    const words = Array.from({ length: exchange.number(otherwise) }, (_, at) => `word${at} `);
    await exchange.tokens(words);
    await how(exchange);
    exchange.reply.end();
  };
}

/** Partial output and a provider error in one body (openrouter.md §6.7 c). */
export function choiceErrorBody({ generation }: Exchange): JsonRecord {
  const { id, created, model, provider } = generation;
  const message = { role: 'assistant', content: 'word0 ', refusal: null, reasoning: null };
  const broken = {
    index: 0,
    logprobs: null,
    finish_reason: 'error',
    native_finish_reason: 'error',
    message,
    error: disconnected,
  };
  return { id, object: 'chat.completion', created, model, provider, choices: [broken], usage: usageOf(9, 1) };
}

export const midStreamScenarios: ScenarioTable = {
  'mid-m1': scenario('ошибка рядом с finish_reason error', breakAfter(breaks.m1, 3)),
  'mid-m1s': scenario('то же, код словом', breakAfter(breaks.m1s, 3)),
  'mid-m2': scenario('ошибка с пустым choices', breakAfter(breaks.m2, 3)),
  'mid-m2-first': scenario('то же до первого токена', breakAfter(breaks.m2, 0)),
  'mid-m3': scenario('голая ошибка без choices', breakAfter(breaks.m3, 3)),
  'mid-m3-first': scenario('то же до первого токена', breakAfter(breaks.m3, 0)),
  'mid-m4': scenario('только finish_reason error и MALFORMED_FUNCTION_CALL', breakAfter(breaks.m4, 3)),
  'mid-m5': scenario('ошибка без причины завершения, со счётчиками', breakAfter(breaks.m5, 3)),
  'mid-m6': scenario('stop, но native network_error', breakAfter(breaks.m6, 3)),
  'mid-m7': scenario('поток просто кончается', breakAfter(breaks.m7, 3)),
};
