/** OpenAI's model list with the fields FastChat adds (`ModelCard`). */

export interface ModelCard {
  id: string;
  object: 'model';
  /** Unix seconds. */
  created: number;
  owned_by: string;
  root: string;
  parent: null;
  permission: ModelPermission[];
}

/** FastChat's `ModelPermission`: the same for every model, kept for clients that read it. */
export interface ModelPermission {
  id: string;
  object: 'model_permission';
  /** Unix seconds. */
  created: number;
  allow_create_engine: boolean;
  allow_sampling: boolean;
  allow_logprobs: boolean;
  allow_search_indices: boolean;
  allow_view: boolean;
  allow_fine_tuning: boolean;
  organization: string;
  group: null;
  is_blocking: boolean;
}

export interface ModelList {
  object: 'list';
  data: ModelCard[];
}

/** One entry of the list. */
export function toModelCard(id: string, created: number): ModelCard {
  const permission = [toModelPermission(id, created)];
  return { id, object: 'model', created, owned_by: 'orcestator', root: id, parent: null, permission };
}

/** The list of `GET /v1/models`. */
export function toModelList(ids: readonly string[], created: number): ModelList {
  return { object: 'list', data: ids.map((id) => toModelCard(id, created)) };
}

function toModelPermission(id: string, created: number): ModelPermission {
  return {
    id: `modelperm-${id}`,
    object: 'model_permission',
    created,
    allow_create_engine: false,
    allow_sampling: true,
    allow_logprobs: true,
    allow_search_indices: true,
    allow_view: true,
    allow_fine_tuning: false,
    organization: '*',
    group: null,
    is_blocking: false,
  };
}
