/** `.env`: is it there, can it be read, does each line do what its author meant. Values are never shown. */
import { join } from 'node:path';
import { knownVariables } from '../config';
import { ok, problem, warning, type DoctorCheck, type Finding } from '../check';
import { readEnvFile, type EnvFile } from '../dot-env-file';
import { similarTo } from '../similar';
import type { DoctorWorld } from '../world';

export const envFileCheck: DoctorCheck = {
  id: 'env-file',
  group: 'Настройки',
  title: '.env',
  run: (world) => {
    const { dotEnv, env } = world;
    if (dotEnv === undefined) return [missing(world), ...unknownNames(Object.keys(env), 'переменная среды')];
    const file = readEnvFile(dotEnv);
    const findings = [
      ...encodingFindings(file),
      ...lineFindings(file),
      ...unknownNames(
        file.lines.map(({ name }) => name),
        '.env',
      ),
      ...unknownNames(Object.keys(env), 'переменная среды'),
      ...overridden(file, env),
    ];
    return findings.length > 0 ? findings : [ok(`.env: настроек ${file.lines.length}`)];
  },
};

function missing({ folder, files, env }: DoctorWorld): Finding {
  if (files.exists(join(folder, '.env.txt')))
    return problem(
      'файл называется .env.txt, его никто не читает',
      'переименуйте в .env (в Проводнике включите показ расширений)',
    );
  if (env.OR_API_KEY) return ok('.env нет, настройки заданы переменными среды');
  return warning(
    `.env нет (${folder})`,
    'скопируйте .env.example под именем .env и впишите ключ; без ключа есть npx --yes pnpm@12 demo',
  );
}

function encodingFindings({ encoding }: EnvFile): Finding[] {
  const again = 'сохраните файл в кодировке UTF-8 (в Блокноте: «Сохранить как», кодировка UTF-8)';
  if (encoding === 'utf16le')
    return [warning('.env в UTF-16: сервисы его читают, docker compose — нет', again)];
  if (encoding === 'utf16be') return [problem('.env в UTF-16 BE: сервисы его не прочтут', again)];
  if (encoding === 'other') return [problem('.env не в UTF-8', again)];
  if (encoding === 'utf8-bom') return [ok('.env начинается с метки BOM: сервисам она не мешает')];
  return [];
}

function lineFindings({ lines, strange }: EnvFile): Finding[] {
  const findings = strange.map((number) =>
    problem(
      `.env, строка ${number}: это не настройка`,
      'пишите ИМЯ=значение, без set, $env: и точки с запятой',
    ),
  );
  for (const { number, name, value } of lines) {
    const where = `.env, строка ${number} (${name})`;
    if (/[«»“”„‘’]/.test(value))
      findings.push(problem(`${where}: «умные» кавычки`, 'уберите их: значение пишут без кавычек'));
    else if (hasOpenQuote(value))
      findings.push(problem(`${where}: кавычка не закрыта`, 'закройте её или уберите'));
    if (lines.some((other) => other.name === name && other.number > number))
      findings.push(warning(`${where}: ниже есть ещё одна такая же, действует она`, 'оставьте одну'));
  }
  return findings;
}

function hasOpenQuote(value: string): boolean {
  const quote = value[0] ?? '';
  return ['"', "'", '`'].includes(quote) && value.indexOf(quote, 1) < 0;
}

function unknownNames(names: readonly string[], where: string): Finding[] {
  const known = knownVariables();
  const ours = [...new Set(names)].filter(
    (name) => /^(OR|FASTCHAT|ORCESTATOR)_/i.test(name) && !known.includes(name),
  );
  return ours.map((name) => {
    const meant = similarTo(name, known);
    const remedy =
      meant === undefined ? 'проверьте имя по docs/config.md' : `возможно, имелось в виду ${meant}`;
    return warning(`${where}: ${name} не читает ни один сервис`, remedy);
  });
}

/** A forgotten `setx` is stronger than the file that the user edits. */
function overridden({ lines }: EnvFile, env: DoctorWorld['env']): Finding[] {
  const known = knownVariables();
  const unquoted = (value: string): string => value.replace(/^(["'])(.*)\1$/, '$2');
  return lines
    .filter(
      ({ name, value }) => known.includes(name) && env[name] && value !== '' && env[name] !== unquoted(value),
    )
    .map(({ name }) =>
      warning(
        `${name}: переменная среды сильнее .env и отличается от него`,
        `удалите переменную среды или уберите ${name} из .env`,
      ),
    );
}
