/** VS Code's configuration: is the gateway in it, and does each field say what the gateway needs (clients.md §4). */
import { join } from 'node:path';
import { isRecord, ORCESTATOR_MODEL, type JsonRecord } from '@orcestator/protocol';
import { readDocument, UnreadableFileError } from '../../copilot/edit-file';
import { copilotSettings } from '../../copilot/language-models';
import { findGroup } from '../../copilot/merge-group';
import { DEFAULT_PROFILE } from '../../copilot/user-folders';
import { gatewayAddress } from '../../gateway-address';
import { ok, problem, warning, type DoctorCheck, type Finding } from '../check';
import type { DoctorWorld } from '../world';

const WRITE = 'выполните npx --yes pnpm@12 orcestator copilot --write и перезагрузите окно VS Code';

export const copilotCheck: DoctorCheck = {
  id: 'copilot',
  group: 'Copilot',
  title: 'настройки VS Code',
  run: (world) => {
    const found = world.userFolders;
    if (found.length === 0) return [ok('VS Code на этой машине не найден')];
    const states = found.map(({ productName, profile, path }) => {
      const name = profile === DEFAULT_PROFILE ? productName : `${productName}, профиль «${profile}»`;
      return { name, findings: folderFindings(name, path, world) };
    });
    const configured = states.filter(({ findings }) => findings !== undefined);
    if (configured.length > 0) return configured.flatMap(({ findings }) => findings ?? []);
    return [warning(`${states.map(({ name }) => name).join('; ')}: Orcestator не настроен`, WRITE)];
  },
};

/** `undefined` where Orcestator is not set up. */
function folderFindings(name: string, folder: string, world: DoctorWorld): Finding[] | undefined {
  try {
    const models = readDocument(join(folder, 'chatLanguageModels.json'), '[]');
    const at = findGroup(models);
    if (at < 0) return undefined;
    const group = models.get([at]);
    const findings = isRecord(group) ? groupFindings(name, group, world) : [];
    const settings = readDocument(join(folder, 'settings.json'), '{}');
    for (const [key, value] of Object.entries(copilotSettings)) {
      if (settings.get([key]) === value) continue;
      findings.push(warning(`${name}: в settings.json нет "${key}": ${JSON.stringify(value)}`, WRITE));
    }
    return findings.length > 0 ? findings : [ok(`${name}: Orcestator настроен`)];
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    return [problem(error.message, 'откройте файл в VS Code: неверное место подчёркнуто')];
  }
}

function groupFindings(name: string, group: JsonRecord, world: DoctorWorld): Finding[] {
  const models = Array.isArray(group.models) ? group.models.filter(isRecord) : [];
  const own = models.find(({ id }) => id === ORCESTATOR_MODEL);
  if (!own) return [problem(`${name}: в группе Orcestator нет модели ${ORCESTATOR_MODEL}`, WRITE)];
  const findings: Finding[] = [];
  if (isRawKey(group.apiKey))
    findings.push(
      problem(
        `${name}: "apiKey" простым текстом VS Code молча выбрасывает`,
        'удалите строку и введите ключ в «Manage Language Models» или: orcestator copilot --write --with-key',
      ),
    );
  findings.push(...urlFindings(name, own, world));
  if (own.toolCalling !== true)
    findings.push(warning(`${name}: toolCalling выключен, в режиме Agent модели не будет`, WRITE));
  if (own.streaming === false)
    findings.push(warning(`${name}: streaming выключен, ответы придут целиком`, 'уберите эту строку'));
  return [...findings, ...keyFindings(name, group, own, world.config.clientKeys)];
}

function urlFindings(name: string, { url }: JsonRecord, { config }: DoctorWorld): Finding[] {
  const wanted = `${gatewayAddress(config.host, config.port)}/v1/chat/completions`;
  const text = typeof url === 'string' ? url : '';
  const isSame = (one: string): string =>
    one.replace('//127.0.0.1:', '//localhost:').replace('//[::1]:', '//localhost:');
  if (isSame(text) === isSame(wanted)) return [];
  if (!/\/v1\/chat\/completions$/.test(text))
    return [problem(`${name}: "url" неполный (${text})`, `нужен ${wanted}; ${WRITE}`)];
  return [
    warning(`${name}: "url" ведёт на ${text}, а шлюз по настройкам — ${wanted}`, `если шлюз здесь, ${WRITE}`),
  ];
}

/** A gateway that asks for a key gets it from the headers or from VS Code's own store. */
function keyFindings(name: string, group: JsonRecord, model: JsonRecord, keys: readonly string[]): Finding[] {
  const headers = isRecord(model.requestHeaders) ? model.requestHeaders : {};
  const sent = Object.entries(headers).find(([header]) => header.toLowerCase() === 'authorization')?.[1];
  if (keys.length === 0) return [];
  if (sent === undefined && typeof group.apiKey === 'string' && !isRawKey(group.apiKey)) return [];
  if (sent === undefined)
    return [
      problem(`${name}: шлюз ждёт ключ (OR_CLIENT_KEYS), а VS Code его не пошлёт`, `${WRITE}, с --with-key`),
    ];
  if (keys.some((key) => sent === `Bearer ${key}`)) return [];
  return [problem(`${name}: ключ в requestHeaders не из OR_CLIENT_KEYS`, `${WRITE}, с --with-key`)];
}

/** `${input:…}` is VS Code's own reference to its secret store. */
function isRawKey(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && !value.startsWith('${input:');
}
