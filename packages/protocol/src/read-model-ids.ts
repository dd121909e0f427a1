/** A foreign server's `GET /v1/models`. */
import { isRecord } from './json';

/** The ids of the list; `undefined` where it is no such list. Ollama without models says `data: null`. */
export function readModelIds(answer: unknown): string[] | undefined {
  if (!isRecord(answer) || !('data' in answer)) return undefined;
  const data = answer.data ?? [];
  if (!Array.isArray(data)) return undefined;
  const ids = data.map((card: unknown) => (isRecord(card) ? card.id : undefined));
  return ids.filter((id): id is string => typeof id === 'string' && id !== '');
}
