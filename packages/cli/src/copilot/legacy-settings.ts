/** What older versions of VS Code read from `settings.json`. Each with the versions that read it. */
import type { ModelFacts } from './model-facts';

export const LEGACY_KEY = 'github.copilot.chat.customOAIModels';

/** The value of {@link LEGACY_KEY}: VS Code Insiders 1.104 to 1.108; the key is asked for in the window. */
export function legacyModels(
  gateway: string,
  models: readonly ModelFacts[],
  needsKey: boolean,
): Record<string, Record<string, unknown>> {
  const entries = models.map((facts) => [
    facts.id,
    {
      name: facts.name,
      url: `${gateway}/v1/chat/completions`,
      toolCalling: facts.tools,
      vision: facts.vision,
      thinking: facts.reasoning,
      maxInputTokens: facts.maxInputTokens,
      maxOutputTokens: facts.maxOutputTokens,
      requiresAPIKey: needsKey,
    },
  ]);
  return Object.fromEntries(entries) as Record<string, Record<string, unknown>>;
}

/** Printed below the settings, and in docs/copilot.md. */
export const legacyNotes = [
  'Какая версия что читает (в самих старых версиях не проверено):',
  '  VS Code 1.122 и новее — chatLanguageModels.json (orcestator copilot без --target); settings.json моделей не задаёт',
  '  Insiders 1.109–1.121  — chatLanguageModels.json с "vendor": "customoai" вместо "customendpoint"',
  `  Insiders 1.104–1.108  — ${LEGACY_KEY} (то, что выше); новые версии переносят его в customoai и убирают отсюда`,
  '  обычный VS Code до 1.122 — своих серверов не умеет; обновите его',
  'Не поможет ни в одной версии:',
  '  github.copilot.advanced (debug.overrideCapiUrl, debug.overrideProxyUrl, debug.chatOverrideProxyUrl) — это адрес самого',
  '    GitHub: нужен вход в GitHub и его внутренние пути, которых у шлюза нет',
  '  github.copilot.chat.byok.ollamaEndpoint — ждёт сервер Ollama (/api/tags), которым шлюз не прикидывается',
] as const;
