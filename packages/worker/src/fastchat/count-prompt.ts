/** How many tokens a flattened prompt costs: its texts and OpenAI's overhead of a turn, not the markers. */
import { createHash } from 'node:crypto';
import { countTokensInTurns } from '../tokens/count-tokens';
import { parsePrompt } from './parse-prompt';

/** As OpenAI's cookbook counts chat: three tokens around each message and one for its role, three before the answer. */
const TURN_TOKENS = 4;
const ANSWER_TOKENS = 3;

async function countPrompt(prompt: string, model: string): Promise<number> {
  const turns = parsePrompt(prompt);
  if (!turns) return countTokensInTurns(prompt, model);
  let count = ANSWER_TOKENS;
  for (const { content } of turns) count += TURN_TOKENS + (await countTokensInTurns(content, model));
  return count;
}

/** FastChat asks for the count of a prompt and sends the same prompt at once. */
const KEPT_COUNTS = 128;

export class PromptCounter {
  readonly #counts = new Map<string, Promise<number>>();

  count(prompt: string, model: string): Promise<number> {
    const key = createHash('sha256').update(model).update('\0').update(prompt).digest('base64');
    const known = this.#counts.get(key);
    if (known) return known;
    const count = countPrompt(prompt, model);
    this.#counts.set(key, count);
    const [oldest] = this.#counts.keys();
    if (this.#counts.size > KEPT_COUNTS && oldest !== undefined) this.#counts.delete(oldest);
    return count;
  }
}
