/** What `orcestator copilot` prints when it writes nothing: the texts to paste, each with its place. */
import { cliEnvironment, shellLines, type Shell } from './cli-environment';
import type { Target } from './config';
import { assumedModel, copilotSettings, modelGroup, toJson } from './language-models';
import { LEGACY_KEY, legacyModels, legacyNotes } from './legacy-settings';
import type { ModelFacts } from './model-facts';

export interface Wanted {
  /** `http://localhost:8000`. */
  readonly gateway: string;
  readonly models: readonly ModelFacts[];
  /** A key of the gateway's clients to be put into the configuration. */
  readonly key: string | undefined;
  /** Whether the gateway asks its clients for a key. */
  readonly needsKey: boolean;
  readonly shell: Shell;
  readonly notes: readonly string[];
}

const COMMAND = 'npx --yes pnpm@12 orcestator copilot';

export function printed(target: Target, wanted: Wanted): string {
  return [...texts[target](wanted), '', ...wanted.models.map(factsLine)].join('\n');
}

const texts: Readonly<Record<Target, (wanted: Wanted) => string[]>> = {
  vscode: ({ gateway, models, key }) => [
    'chatLanguageModels.json — палитра команд, «Chat: Open Language Models (JSON)»:',
    toJson([modelGroup(gateway, models, key)]),
    '',
    'settings.json — палитра команд, «Preferences: Open User Settings (JSON)»:',
    toJson(copilotSettings),
    '',
    `Записать это самому: ${COMMAND} --write`,
    'Потом в VS Code: «Developer: Reload Window», затем в списке моделей чата — Orcestator.',
  ],
  cli: ({ gateway, models, key, shell }) => [
    shellLines(shell, cliEnvironment(gateway, models[0] ?? assumedModel, key)),
    '',
    'Потом: copilot',
    `Для других оболочек: --shell bash, --shell powershell, --shell cmd. Записать в файл: ${COMMAND} --target cli --write`,
  ],
  legacy: ({ gateway, models, needsKey }) => [
    'settings.json — только для VS Code Insiders 1.104–1.108:',
    toJson({ [LEGACY_KEY]: legacyModels(gateway, models, needsKey) }),
    '',
    ...legacyNotes,
  ],
};

/** `orcestator: контекст 128 000 (вопрос 111 616 + ответ 16 384); инструменты, картинки`. */
export function factsLine(facts: ModelFacts): string {
  const { maxInputTokens: input, maxOutputTokens: output } = facts;
  const able = [
    facts.tools ? 'инструменты' : 'без инструментов',
    facts.vision ? 'картинки' : 'без картинок',
    facts.reasoning ? 'рассуждения' : 'без рассуждений',
  ];
  const numbers = `контекст ${grouped(input + output)} (вопрос ${grouped(input)} + ответ ${grouped(output)})`;
  return `${facts.id}: ${numbers}; ${able.join(', ')}${facts.isKnown ? '' : ' — предположение'}`;
}

/** Thin groups of three with a plain blank: it survives every console. */
function grouped(value: number): string {
  return String(value).replaceAll(/\B(?=(\d{3})+$)/g, ' ');
}
