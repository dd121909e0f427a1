/** Which model and provider answer for an id (openrouter.md §4): dated slugs, routers, aliases, fallbacks. */
import type { JsonRecord } from '@orcestator/protocol';
import { parseModel } from '../scenario-id';

/** Ids that answer under another name. */
const renamed: Readonly<Record<string, string>> = {
  'anthropic/claude-sonnet-4.6': 'anthropic/claude-4.6-sonnet-20260217',
  'openai/gpt-5.5': 'openai/gpt-5.5-20260423',
  'openrouter/auto': 'openai/gpt-4o-mini',
  'openrouter/free': 'acme/orca-1:free',
  'sim/model-dated': 'acme/orca-1-20260401',
};

const providers: Readonly<Record<string, string>> = {
  openai: 'OpenAI',
  anthropic: 'Anthropic',
  google: 'Google',
};

/** The id that is tried: `models` stands in where `model` is missing or fails (openrouter.md §3.1). */
export function chosenId(body: JsonRecord): string {
  const others = Array.isArray(body.models) ? body.models.filter((id) => typeof id === 'string') : [];
  const ids = [typeof body.model === 'string' ? body.model : '', ...others].filter((id) => id !== '');
  const sound = ids.find((id) => !isFailing(id));
  return sound ?? ids[0] ?? 'openai/gpt-4o-mini';
}

/** Errors before the first token make OpenRouter try the next model; with no next one they are told. */
function isFailing(id: string): boolean {
  const { scenario } = parseModel(id);
  return scenario !== undefined && (scenario.startsWith('err-') || scenario === 'model-fallback');
}

export function answeringModel(id: string): { model: string; provider: string } {
  const { model: slug } = parseModel(id);
  const alias = /^~([^/]+)\/(.+)-latest$/.exec(slug);
  const model =
    renamed[slug] ??
    (alias
      ? `${alias[1]}/${alias[2]}-20260401`
      : slug.replace(/^@preset\/.*/, 'openai/gpt-4o-mini').replace(/@preset\/.*$/, ''));
  return { model, provider: providers[model.split('/')[0] ?? ''] ?? 'AcmeCloud' };
}
