// VS Code in its server form: settings, the models of chatLanguageModels.json, the process.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { start } from './children.mjs';
import { freePorts, until } from './gateway.mjs';

/** As in docs/clients.md; the rest keeps the window quiet. */
const settings = {
  'chat.byokUtilityModelDefault': 'mainAgent',
  'chat.agentHost.byokModels.enabled': true,
  'chat.tools.global.autoApprove': true,
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'workbench.startupEditor': 'none',
  'workbench.enableExperiments': false,
  'update.mode': 'none',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'remote.autoForwardPorts': false,
};

/** Starts it on a fresh user-data folder; resolves with its address when it answers. */
export async function startEditor({ cache, codeServer, node, gateway, models }) {
  const data = join(cache, 'data');
  const workspace = join(cache, 'workspace');
  for (const folder of [data, workspace]) rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(data, 'User'), { recursive: true });
  mkdirSync(workspace, { recursive: true });
  writeJson(join(data, 'User', 'settings.json'), settings);
  writeJson(join(data, 'User', 'chatLanguageModels.json'), languageModels(gateway.base, models));
  const [port] = await freePorts(1);
  const args = ['--auth', 'none', '--bind-addr', `127.0.0.1:${port}`, '--user-data-dir', data];
  args.push('--extensions-dir', join(cache, 'extensions'), '--disable-telemetry', '--disable-update-check');
  args.push('--disable-workspace-trust', '--enable-proposed-api', 'GitHub.copilot-chat', workspace);
  const entry = join(codeServer, 'out', 'node', 'entry.js');
  start(node, [entry, ...args], { logFile: join(cache, 'code-server.log'), cwd: workspace });
  const url = `http://127.0.0.1:${port}/`;
  await until(
    async () => (await fetch(`${url}healthz`)).ok,
    60_000,
    'VS Code does not start; see code-server.log',
  );
  return { url: `${url}?folder=${encodeURIComponent(workspace)}`, workspace, data };
}

/** One group of Custom Endpoint models, as a user writes it. */
function languageModels(base, models) {
  const entry = ({ id, name }) => ({
    id,
    name,
    url: `${base}/v1/chat/completions`,
    toolCalling: true,
    vision: true,
    maxInputTokens: 128_000,
    maxOutputTokens: 16_000,
  });
  return [
    {
      name: 'Orcestator',
      vendor: 'customendpoint',
      apiType: 'chat-completions',
      models: models.map(entry),
    },
  ];
}

function writeJson(path, value) {
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);
}
