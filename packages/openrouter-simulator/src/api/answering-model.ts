/** Which model and provider answer for an id (openrouter.md §4): dated slugs, routers, aliases, fallbacks. */
import type { JsonRecord } from '@orcestator/protocol';
import { parseModel } from '../scenario-id';

/** What routers and presets choose here. */
const ROUTED = 'openai/gpt-4o-mini';
const CLAUDE = 'anthropic/claude-4.6-sonnet-20260217';

/** Ids that answer under another name. */
const renamed: Readonly<Record<string, string>> = {
  'anthropic/claude-sonnet-4.6': CLAUDE,
  'openai/gpt-5.5': 'openai/gpt-5.5-20260423',
  'openrouter/free': 'acme/orca-1:free',
};

/** The models of the sheet's samples (§4–§5.5); the other scenarios are acme's. */
const scenarioModels: readonly (readonly [RegExp, string])[] = [
  [/^(ok|usage|tools)/, ROUTED],
  [/^(reasoning-anthropic|reasoning-empty|model-dated)/, CLAUDE],
  [/^reasoning-(gemini|required)/, 'google/gemini-3-pro'],
  [/^reasoning-encrypted/, 'openai/gpt-5.5-20260423'],
];
const SCENARIO_MODEL = 'acme/orca-1';

const providers: Readonly<Record<string, string>> = {
  openai: 'OpenAI',
  anthropic: 'Anthropic',
  google: 'Google',
};

/** Account-level refusals end the request before any routing: `models` does not help (§6.2, §9). */
const accountErrors = /^err-(401|402|403-key)/;

/** The id that is tried: `models` stands in where `model` is missing or fails (openrouter.md §3.1). */
export function chosenId(body: JsonRecord): string {
  const others = Array.isArray(body.models) ? body.models.filter((id) => typeof id === 'string') : [];
  const ids = [typeof body.model === 'string' ? body.model : '', ...others].filter((id) => id !== '');
  const sound = ids.find((id) => !isFailing(id));
  return sound ?? ids[0] ?? ROUTED;
}

/** Errors before the first token make OpenRouter try the next model; with no next one they are told. */
function isFailing(id: string): boolean {
  const { scenario = '' } = parseModel(id);
  return scenario === 'model-fallback' || (scenario.startsWith('err-') && !accountErrors.test(scenario));
}

export function answeringModel(id: string): { model: string; provider: string } {
  const { model: slug, scenario } = parseModel(id);
  const model = scenario === undefined ? concreteModel(slug) : scenarioModel(scenario);
  return { model, provider: providers[model.split('/')[0] ?? ''] ?? 'AcmeCloud' };
}

function scenarioModel(scenario: string): string {
  return scenarioModels.find(([names]) => names.test(scenario))?.[1] ?? SCENARIO_MODEL;
}

/** Dynamic variants only steer the routing (§8); `:free` is a model of its own. */
function concreteModel(slug: string): string {
  if (slug.startsWith('@preset/')) return ROUTED;
  const asked = slug.replace(/@preset\/.*$/, '').replace(/:(nitro|floor|exacto|online)$/, '');
  const alias = /^~([^/]+)\/(.+?)(?:-latest)?$/.exec(asked);
  if (alias) return `${alias[1]}/${alias[2]}-20260401`;
  return renamed[asked] ?? (asked.startsWith('openrouter/') ? ROUTED : asked);
}
