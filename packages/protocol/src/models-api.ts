/** OpenAI's model list with the fields FastChat adds (`ModelCard`). */
import { isRecord } from './json';

export interface ModelCard {
  id: string;
  object: 'model';
  /** Unix seconds. */
  created: number;
  owned_by: string;
  root: string;
  parent: null;
  permission: unknown[];
}

export interface ModelList {
  object: 'list';
  data: ModelCard[];
}

/** One entry of the list. */
export function toModelCard(id: string, created: number): ModelCard {
  return { id, object: 'model', created, owned_by: 'orcestator', root: id, parent: null, permission: [] };
}

/** The list of `GET /v1/models`. */
export function toModelList(ids: readonly string[], created: number): ModelList {
  return { object: 'list', data: ids.map((id) => toModelCard(id, created)) };
}

/** The ids in a server's `GET /v1/models`; `undefined` where it is no such list. Ollama without models says `data: null`. */
export function readModelIds(answer: unknown): string[] | undefined {
  if (!isRecord(answer) || !('data' in answer)) return undefined;
  const data = answer.data ?? [];
  if (!Array.isArray(data)) return undefined;
  const ids = data.map((card: unknown) => (isRecord(card) ? card.id : undefined));
  return ids.filter((id): id is string => typeof id === 'string' && id !== '');
}
