/** Which models the configuration lists, and what is known about each. */
import { isRecord, ORCESTATOR_MODEL, type JsonRecord } from '@orcestator/protocol';
import { errorCodeOf, type StreamClient } from '@orcestator/service-kit';
import { askJson } from '../ask-json';
import type { CopilotConfig } from './config';
import { GROUP_NAME } from './language-models';
import { findModel, modelFacts, readModelList, type ModelFacts } from './model-facts';

export interface ModelSources {
  readonly upstream: StreamClient;
  readonly local: StreamClient;
}

export interface Collected {
  /** `orcestator` first. */
  readonly models: readonly ModelFacts[];
  /** What the user should know about them (Russian). */
  readonly notes: readonly string[];
}

/** The gateway does not answer, and the user has asked for what only it knows. */
export class NoGatewayError extends Error {}

const TIMEOUT_MS = 8_000;

export async function collectModels(
  config: Readonly<CopilotConfig>,
  gateway: string,
  sources: ModelSources,
): Promise<Collected> {
  const [list, served] = await Promise.all([
    upstreamModels(config, sources.upstream),
    config.allModels ? servedModels(config, gateway, sources.local) : [],
  ]);
  const notes: string[] = [];
  if (typeof list === 'string')
    notes.push(
      `${list} Взято обычное (контекст 128 000, инструменты и картинки есть), записанное раньше остаётся. Повторите команду, когда связь будет.`,
    );
  const known = typeof list === 'string' ? [] : list;
  const describe = (upstreamId: string, as: { id: string; name?: string }): ModelFacts => {
    const model = findModel(known, upstreamId);
    const facts = modelFacts(model, { id: as.id, name: as.name ?? nameOf(model, as.id) });
    notes.push(...(typeof list === 'string' ? [] : remarks(upstreamId, facts)));
    return facts;
  };
  const own = describe(config.defaultModel, { id: ORCESTATOR_MODEL, name: GROUP_NAME });
  const others = [...new Set([...config.models, ...served])].filter((id) => id !== ORCESTATOR_MODEL);
  return { models: [own, ...others.map((id) => describe(id, { id }))], notes };
}

/** The list, or why there is none (Russian, one sentence). */
async function upstreamModels(
  { demo, simulatorPort, baseUrl, apiKey }: Readonly<CopilotConfig>,
  client: StreamClient,
): Promise<JsonRecord[] | string> {
  const url = `${demo ? `http://127.0.0.1:${simulatorPort}/api/v1` : baseUrl}/models`;
  // OpenRouter shows its models without a key; another server may want its own.
  const headers: Record<string, string> =
    apiKey === '' || apiKey.startsWith('sk-or-') ? {} : { authorization: `Bearer ${apiKey}` };
  try {
    const { status, body } = await askJson(client, { url, headers, timeout: TIMEOUT_MS });
    const models = readModelList(body);
    return models.length > 0 ? models : `${url} не отдаёт списка моделей (статус ${status}).`;
  } catch (error) {
    return `${url} не отвечает (${reasonOf(error)}).`;
  }
}

async function servedModels(
  { clientKeys }: Readonly<CopilotConfig>,
  gateway: string,
  client: StreamClient,
): Promise<string[]> {
  const url = `${gateway}/v1/models`;
  const key = clientKeys[0];
  const headers: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const answer = await askJson(client, { url, headers, timeout: TIMEOUT_MS }).catch((error: unknown) => {
    throw new NoGatewayError(
      `--all-models: шлюз ${gateway} не отвечает (${reasonOf(error)}). Запустите его: npx --yes pnpm@12 start`,
    );
  });
  if (answer.status !== 200 || !isRecord(answer.body))
    throw new NoGatewayError(
      `--all-models: ${url} ответил ${answer.status}. Это шлюз? Если он ждёт ключ, задайте OR_CLIENT_KEYS.`,
    );
  return readModelList(answer.body).flatMap(({ id }) => (typeof id === 'string' ? [id] : []));
}

function nameOf(model: JsonRecord | undefined, id: string): string {
  return typeof model?.name === 'string' ? model.name : id;
}

function remarks(upstreamId: string, facts: ModelFacts): string[] {
  if (!facts.isKnown)
    return [
      `О модели ${upstreamId} сервер ничего не говорит: взято обычное (контекст 128 000, инструменты и картинки есть).`,
    ];
  if (!facts.tools)
    return [
      `Модель ${upstreamId} не умеет вызывать инструменты: в режиме Agent её не будет. Возьмите другую (OR_DEFAULT_MODEL).`,
    ];
  return [];
}

function reasonOf(error: unknown): string {
  return errorCodeOf(error) || (error instanceof Error ? error.message : String(error));
}
