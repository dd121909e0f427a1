/** What becomes of which file, and doing it: a diff, a backup, the file. */
import { join } from 'node:path';
import type { Redact } from '@orcestator/service-kit';
import type { Machine } from '../machine';
import { callScript, cliEnvironment, scriptNames, shellLines } from './cli-environment';
import type { Target } from './config';
import { planFile, planText, writePlan, type FilePlan } from './edit-file';
import { assumedModel, copilotSettings, modelGroup } from './language-models';
import { LEGACY_KEY, legacyModels } from './legacy-settings';
import { lineDiff } from './line-diff';
import { hasOtherEndpoints, mergeGroup, removeGroup } from './merge-group';
import type { Wanted } from './printed';

export interface Plans {
  readonly files: readonly FilePlan[];
  /** What to do next, when something has been written (Russian). */
  readonly next: string;
}

const RELOAD =
  'Дальше в VS Code: «Developer: Reload Window», потом в списке моделей чата — Orcestator (бывает под «Other Models»).';

/** All files are read before the first is written: a broken one stops everything. */
export function vscodePlans(folder: string, target: Target, wanted: Wanted, isRemoving: boolean): Plans {
  const settingsPath = join(folder, 'settings.json');
  if (target === 'legacy') {
    const models = isRemoving ? {} : legacyModels(wanted.gateway, wanted.models, wanted.needsKey);
    return { files: [planFile(settingsPath, '{}', (settings) => setLegacy(settings, models))], next: RELOAD };
  }
  const assumed = new Set(wanted.models.filter(({ isKnown }) => !isKnown).map(({ id }) => id));
  let othersStay = false;
  const models = planFile(join(folder, 'chatLanguageModels.json'), '[]', (document) => {
    if (isRemoving) removeGroup(document);
    else mergeGroup(document, modelGroup(wanted.gateway, wanted.models, wanted.key), assumed);
    othersStay = hasOtherEndpoints(document);
  });
  const settings = planFile(settingsPath, '{}', (document) => {
    for (const [key, value] of Object.entries(copilotSettings)) {
      // Other models of the user's own may live on these settings; a value that is not ours was not written by us.
      if (!isRemoving) document.set([key], value);
      else if (!othersStay && document.get([key]) === value) document.set([key], undefined);
    }
  });
  return {
    files: [models, settings],
    next: isRemoving ? 'Дальше в VS Code: «Developer: Reload Window».' : RELOAD,
  };
}

function setLegacy(
  settings: { get: (path: string[]) => unknown; set: (path: string[], value: unknown) => void },
  models: ReturnType<typeof legacyModels>,
): void {
  if (Object.keys(models).length === 0) return settings.set([LEGACY_KEY, 'orcestator'], undefined);
  for (const [id, model] of Object.entries(models))
    for (const [field, value] of Object.entries(model)) settings.set([LEGACY_KEY, id, field], value);
}

/** A script with the variables, in the user's home folder: Copilot CLI has no file of its own for them. */
export function cliPlans(wanted: Wanted, machine: Machine, isRemoving: boolean): Plans {
  const { shell, gateway, models, key } = wanted;
  const path = join(machine.home, '.orcestator', scriptNames[shell]);
  const eol = shell === 'bash' ? '\n' : '\r\n';
  const variables = cliEnvironment(gateway, models[0] ?? assumedModel, key);
  const text = `${shellLines(shell, variables).replaceAll('\n', eol)}${eol}`;
  return {
    files: [planText(path, isRemoving ? '' : text)],
    next: isRemoving
      ? 'Переменные уйдут вместе с открытыми окнами.'
      : `Дальше: ${callScript(shell, path)} и в том же окне copilot`,
  };
}

export interface ApplyOptions {
  readonly say: (line: string) => void;
  readonly redact: Redact;
  readonly now: Date;
  /** Shows the change and writes nothing. */
  readonly isDry: boolean;
}

/** Resolves with the exit code. */
export function applyPlans({ files, next }: Plans, { say, redact, now, isDry }: ApplyOptions): number {
  const changed = files.filter(({ before, after }) => before !== after);
  for (const { path } of files.filter((file) => !changed.includes(file))) say(`${path}: уже так, не изменён`);
  for (const plan of changed) {
    say(`${plan.path}:`);
    for (const line of lineDiff(plan.before, plan.after)) say(redact(`  ${line}`));
    if (isDry) continue;
    const backup = writePlan(plan, now);
    if (backup !== undefined) say(`  прежний файл: ${backup}`);
  }
  if (isDry) say('Ничего не записано (--dry-run).');
  else if (changed.length > 0) say(next);
  return 0;
}
