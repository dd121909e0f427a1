/** Which model a request goes to (design: "which worker, which model"). */
import { ORCESTATOR_MODEL, type JsonRecord } from '@orcestator/protocol';

export interface ModelSettings {
  /** Stands behind `orcestator`. */
  readonly defaultModel: string;
  /** For Copilot's small requests; empty = the default model. */
  readonly utilityModel: string;
}

/** Copilot's titles and progress messages are about 1.4 kB; a real turn is 70 kB and has tools (clients.md §3.2). */
const UTILITY_LIMIT_CHARACTERS = 8_000;

/** `orcestator` → the configured model; any other id verbatim, whatever it contains (pitfall 45). */
export function upstreamModelOf(body: JsonRecord, userAgent: string, settings: ModelSettings): string {
  if (body.model !== ORCESTATOR_MODEL) return String(body.model);
  return settings.utilityModel !== '' && isUtilityRequest(body, userAgent)
    ? settings.utilityModel
    : settings.defaultModel;
}

function isUtilityRequest(body: JsonRecord, userAgent: string): boolean {
  if (!userAgent.startsWith('GitHubCopilotChat/')) return false;
  const hasTools = Array.isArray(body.tools) && body.tools.length > 0;
  return !hasTools && JSON.stringify(body.messages ?? []).length < UTILITY_LIMIT_CHARACTERS;
}
