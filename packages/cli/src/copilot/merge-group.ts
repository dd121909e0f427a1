/** Puts our group into `chatLanguageModels.json`, and takes it out again. Whatever else is there stays. */
import { isRecord, ORCESTATOR_MODEL } from '@orcestator/protocol';
import type { JsonDocument } from './json-document';
import { GROUP_NAME, GROUP_VENDOR, type ModelEntry, type ModelGroup } from './language-models';

/** Where our group is in the file; -1 where it is not: by its name, or by the model in it when the user renamed it. */
export function findGroup(document: JsonDocument): number {
  const groups = listAt(document, []);
  const isOurVendor = (group: unknown): group is Record<string, unknown> =>
    isRecord(group) && group.vendor === GROUP_VENDOR;
  const named = groups.findIndex((group) => isOurVendor(group) && group.name === GROUP_NAME);
  if (named >= 0) return named;
  return groups.findIndex(
    (group) =>
      isOurVendor(group) &&
      Array.isArray(group.models) &&
      group.models.some((model: unknown) => isRecord(model) && model.id === ORCESTATOR_MODEL),
  );
}

/**
 * Fields of ours are brought up to date; names the user gave, his own fields and his other models stay. Of the models in
 * `assumed` only the address is: what was learnt from the upstream earlier is better than an assumption.
 */
export function mergeGroup(
  document: JsonDocument,
  group: ModelGroup,
  assumed: ReadonlySet<string> = new Set(),
): void {
  const at = findGroup(document);
  if (at < 0) return document.set([listAt(document, []).length], withoutGaps(group));
  document.set([at, 'apiType'], group.apiType);
  for (const model of group.models) mergeModel(document, at, model, assumed.has(model.id));
}

function mergeModel(document: JsonDocument, group: number, model: ModelEntry, isAssumed: boolean): void {
  const models = listAt(document, [group, 'models']);
  const at = models.findIndex((other) => isRecord(other) && other.id === model.id);
  if (at < 0) return document.set([group, 'models', models.length], withoutGaps(model));
  const path = [group, 'models', at];
  const { name, requestHeaders, ...fields } = model;
  for (const [field, value] of Object.entries(fields)) {
    const isSettled = isAssumed && field !== 'url' && document.get([...path, field]) !== undefined;
    if (!isSettled && !(isAssumed && value === undefined)) document.set([...path, field], value);
  }
  if (document.get([...path, 'name']) === undefined) document.set([...path, 'name'], name);
  if (requestHeaders)
    document.set([...path, 'requestHeaders', 'Authorization'], requestHeaders.Authorization);
}

/** Takes the models that point to our gateway, and the group with them unless the user has others in it. */
export function removeGroup(document: JsonDocument): void {
  const at = findGroup(document);
  if (at < 0) return;
  const models = listAt(document, [at, 'models']);
  const own = models.find((model) => isRecord(model) && model.id === ORCESTATOR_MODEL) ?? models[0];
  const url = isRecord(own) ? own.url : undefined;
  const isOurs = (model: unknown): boolean => isRecord(model) && model.url === url;
  if (models.every(isOurs)) return document.set([at], undefined);
  // From the last one on, so that the places of the others do not move.
  for (let index = models.length - 1; index >= 0; index -= 1)
    if (isOurs(models[index])) document.set([at, 'models', index], undefined);
}

/** Whether models of others would lose something with our settings. */
export function hasOtherEndpoints(document: JsonDocument): boolean {
  return listAt(document, []).some((group) => isRecord(group) && group.vendor === GROUP_VENDOR);
}

function listAt(document: JsonDocument, path: readonly (string | number)[]): unknown[] {
  const value = document.get(path);
  return Array.isArray(value) ? value : [];
}

/** Without the fields that must not be there. */
function withoutGaps(value: object): unknown {
  return JSON.parse(JSON.stringify(value));
}
