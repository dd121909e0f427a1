/** The JSON that VS Code reads: the group of `chatLanguageModels.json` and the settings beside it (clients.md §4). */
import { ORCESTATOR_MODEL } from '@orcestator/protocol';
import { modelFacts, type ModelFacts } from './model-facts';

/** Shown as the group's name in "Manage Models…", and what the group is found by in the file. */
export const GROUP_NAME = 'Orcestator';
export const GROUP_VENDOR = 'customendpoint';

/** A model of the group; `undefined` = the field must not be there. */
export interface ModelEntry {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly toolCalling: boolean;
  readonly vision: boolean;
  readonly thinking: boolean;
  readonly maxInputTokens: number;
  readonly maxOutputTokens: number;
  readonly supportsReasoningEffort: readonly string[] | undefined;
  readonly requestHeaders?: { readonly Authorization: string };
}

export interface ModelGroup {
  readonly name: string;
  readonly vendor: string;
  readonly apiType: string;
  readonly models: readonly ModelEntry[];
}

/** Copilot's small requests (titles, progress) go to the chosen model too, and agent sessions may use it. */
export const copilotSettings = {
  'chat.byokUtilityModelDefault': 'mainAgent',
  'chat.agentHost.byokModels.enabled': true,
} as const;

/** The gateway's own model where nothing is known about the one behind it. */
export const assumedModel = modelFacts(undefined, { id: ORCESTATOR_MODEL, name: GROUP_NAME });

/** `key` goes into each model's headers: a raw `apiKey` in this file is dropped by VS Code without a word. */
export function modelGroup(gateway: string, models: readonly ModelFacts[], key?: string): ModelGroup {
  return {
    name: GROUP_NAME,
    vendor: GROUP_VENDOR,
    apiType: 'chat-completions',
    models: models.map((facts) => modelEntry(gateway, facts, key)),
  };
}

function modelEntry(gateway: string, facts: ModelFacts, key: string | undefined): ModelEntry {
  return {
    id: facts.id,
    name: facts.name,
    // The full path: VS Code completes a shorter one, each version in its own way.
    url: `${gateway}/v1/chat/completions`,
    toolCalling: facts.tools,
    vision: facts.vision,
    thinking: facts.reasoning,
    maxInputTokens: facts.maxInputTokens,
    maxOutputTokens: facts.maxOutputTokens,
    supportsReasoningEffort: facts.reasoning && facts.efforts.length > 0 ? facts.efforts : undefined,
    ...(key === undefined ? {} : { requestHeaders: { Authorization: `Bearer ${key}` } }),
  };
}

export function toJson(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
