/** The models of the settings: does the upstream have them, can they do what Copilot's agent needs. */
import type { JsonRecord } from '@orcestator/protocol';
import { findModel, modelFacts, readModelList } from '../../copilot/model-facts';
import { ok, problem, warning, type DoctorCheck, type Finding } from '../check';
import { similarTo } from '../similar';

export const modelCheck: DoctorCheck = {
  id: 'model',
  group: 'OpenRouter',
  title: 'модель',
  run: async ({ config, askUpstream }) => {
    const models = await askUpstream('/models').then(
      ({ body }) => readModelList(body),
      () => [],
    );
    // The check of the connection has said why.
    if (models.length === 0) return [];
    const others = [...(config.utilityModel === '' ? [] : [config.utilityModel]), ...config.fallbackModels];
    return [
      ...describe('OR_DEFAULT_MODEL', config.defaultModel, models),
      ...others
        .filter((id) => !isRouter(id) && !findModel(models, id))
        .map((id) => unknown('OR_UTILITY_MODEL, OR_FALLBACK_MODELS', id, models)),
    ];
  },
};

/** Valid to ask for and not in the list. */
function isRouter(id: string): boolean {
  return id.startsWith('openrouter/') || id.startsWith('~');
}

function describe(name: string, id: string, models: readonly JsonRecord[]): Finding[] {
  const model = findModel(models, id);
  if (!model)
    return [isRouter(id) ? ok(`${name}: ${id}, модель выбирает OpenRouter`) : unknown(name, id, models)];
  const facts = modelFacts(model, { id, name: id });
  const findings: Finding[] = facts.tools
    ? [ok(`${name}: ${id}, контекст ${facts.maxInputTokens + facts.maxOutputTokens}, инструменты есть`)]
    : [
        problem(
          `${name}: ${id} не умеет вызывать инструменты, режим Agent с ней не работает`,
          'возьмите другую модель: https://openrouter.ai/models?supported_parameters=tools',
        ),
      ];
  if (typeof model.expiration_date === 'string')
    findings.push(
      warning(`${id} будет отключена ${model.expiration_date}`, 'заранее выберите другую OR_DEFAULT_MODEL'),
    );
  return findings;
}

/** A warning: an id may be valid although the list lacks it (openrouter.md §1.2). */
function unknown(name: string, id: string, models: readonly JsonRecord[]): Finding {
  const ids = models.flatMap((model) => (typeof model.id === 'string' ? [model.id] : []));
  const meant = similarTo(id, ids) ?? ids.find((other) => other.endsWith(`/${id}`));
  const remedy =
    meant === undefined ? 'проверьте имя: https://openrouter.ai/models' : `возможно, имелось в виду ${meant}`;
  return warning(`${name}: модели ${id} нет в списке сервера`, remedy);
}
