/** Environment variables of GitHub Copilot CLI (clients.md §2), as lines for a shell. */
import type { ModelFacts } from './model-facts';

export const shells = ['bash', 'powershell', 'cmd'] as const;
export type Shell = (typeof shells)[number];

/** With OFFLINE Copilot CLI asks GitHub for nothing: no sign-in, no telemetry. */
export function cliEnvironment(gateway: string, facts: ModelFacts, key?: string): Record<string, string> {
  return {
    COPILOT_PROVIDER_BASE_URL: `${gateway}/v1`,
    COPILOT_PROVIDER_TYPE: 'openai',
    ...(key === undefined ? {} : { COPILOT_PROVIDER_API_KEY: key }),
    COPILOT_MODEL: facts.id,
    COPILOT_PROVIDER_MAX_PROMPT_TOKENS: String(facts.maxInputTokens),
    COPILOT_PROVIDER_MAX_OUTPUT_TOKENS: String(facts.maxOutputTokens),
    COPILOT_OFFLINE: 'true',
  };
}

const lines: Readonly<Record<Shell, (name: string, value: string) => string>> = {
  bash: (name, value) => `export ${name}='${value.replaceAll("'", `'\\''`)}'`,
  powershell: (name, value) => `$env:${name} = '${value.replaceAll("'", "''")}'`,
  cmd: (name, value) => `set "${name}=${value}"`,
};

export function shellLines(shell: Shell, variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => lines[shell](name, value))
    .join('\n');
}

/** How the script that `--write` leaves behind is called. */
export const scriptNames: Readonly<Record<Shell, string>> = {
  bash: 'copilot-cli.sh',
  powershell: 'copilot-cli.ps1',
  cmd: 'copilot-cli.cmd',
};

/** How the script is run so that its variables stay. */
export function callScript(shell: Shell, path: string): string {
  return shell === 'cmd' ? `call "${path}"` : `. "${path}"`;
}
