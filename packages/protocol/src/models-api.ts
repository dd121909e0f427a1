/** OpenAI's model list with the fields FastChat adds (`ModelCard`). */

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
