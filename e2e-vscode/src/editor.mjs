// VS Code in its server form: its settings, the configuration that `orcestator copilot` writes beside them, the process.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, start } from './children.mjs';
import { freePorts, until } from './gateway.mjs';

/** What a user may have before: these keep the window quiet. The settings for Copilot are written by the command. */
const settings = {
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

/** A comment and a group of another make: both must survive. Without tools its model is not offered in Agent mode. */
const foreignModels = `// my own models
[
  {
    "name": "Elsewhere", "vendor": "customendpoint", // not the gateway
    "models": [
      { "id": "nobody", "name": "Nobody", "url": "http://127.0.0.1:9/v1/chat/completions", "toolCalling": false, "vision": false, "maxInputTokens": 1000, "maxOutputTokens": 100 },
    ],
  },
]
`;

/** Starts it on a fresh user-data folder; resolves with its address when it answers. */
export async function startEditor({ cache, codeServer, node, root, gateway, models }) {
  const data = join(cache, 'data');
  const workspace = join(cache, 'workspace');
  for (const folder of [data, workspace]) rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(data, 'User'), { recursive: true });
  mkdirSync(workspace, { recursive: true });
  const user = join(data, 'User');
  writeFileSync(join(user, 'settings.json'), `${JSON.stringify(settings, null, 2)}\n`);
  writeFileSync(join(user, 'chatLanguageModels.json'), foreignModels);
  await writeConfiguration({ root, cache, user, gateway, models });
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
  return { url: `${url}?folder=${encodeURIComponent(workspace)}`, workspace, user };
}

/** As a user does it, with the scenarios of the simulator as further models and the key that this gateway asks for. */
async function writeConfiguration({ root, cache, user, gateway, models }) {
  const main = join(root, 'packages', 'cli', 'dist', 'main.js');
  const args = [
    'copilot',
    '--write',
    '--with-key',
    '--user-dir',
    user,
    ...gateway.flags,
    '--models',
    models.join(','),
  ];
  await run(process.execPath, [main, ...args], {
    logFile: join(cache, 'copilot.log'),
    cwd: cache,
    env: gateway.env,
  });
}
