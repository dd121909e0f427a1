/** What the simulated models cost. */
import type { Price } from '../answers/generation';

/** By the beginning of the id; the sheet's samples imply gpt-4o-mini's and Claude's (openrouter.md §4, §5.2). */
const prices: Readonly<Record<string, Price>> = {
  'openai/gpt-4o-mini': { prompt: 0.00000015, completion: 0.0000006 },
  'openai/gpt-4o': { prompt: 0.0000025, completion: 0.00001 },
  'openai/': { prompt: 0.00000125, completion: 0.00001 },
  'anthropic/': { prompt: 0.000003, completion: 0.000015 },
  'google/': { prompt: 0.00000125, completion: 0.00001 },
};

const otherwise: Price = { prompt: 0.0000005, completion: 0.0000015 };
const free: Price = { prompt: 0, completion: 0 };

export function priceOf(model: string): Price {
  if (model.endsWith(':free')) return free;
  return Object.entries(prices).find(([start]) => model.startsWith(start))?.[1] ?? otherwise;
}
