/** `docs/config.md` and `.env.example`, written out of the tables of settings. */
import {
  configSections,
  shownDefault,
  writtenDefault,
  type AnyOption,
  type ConfigSection,
} from './config-tables';

/** Path from the root → text. `pnpm docs:config` writes them, a test compares. */
export function generatedFiles(): Readonly<Record<string, string>> {
  const sections = configSections();
  return { 'docs/config.md': renderConfigPage(sections), '.env.example': renderDotEnv(sections) };
}

const pageHead = `# Настройки

Эта страница и \`.env.example\` написаны программой по таблицам настроек сервисов. Руками их не правят:
после изменения таблицы запустите \`pnpm docs:config\`, а тест проследит, чтобы об этом не забыли.

Значение берётся из первого места, где оно есть:

1. флаг командной строки;
2. переменная среды;
3. файл \`.env\` в корне проекта;
4. значение по умолчанию.

Пустая переменная — всё равно что отсутствующая. Обо всех ошибках сервис сообщает сразу, каждую называет по флагу и
переменной, и не запускается. Полный список с пояснениями печатает \`--help\`.

Команды \`pnpm start\` и \`pnpm demo\` флаги сервисов не принимают: у них свои, в последнем разделе. Остальное задавайте
переменными или в \`.env\`. Адрес контроллера они назначают сами, поэтому \`OR_CONTROLLER_URL\` при них не действует.
`;

function renderConfigPage(sections: readonly ConfigSection[]): string {
  return [pageHead, ...sections.map(renderSection)].join('\n');
}

function renderSection({ title, command, options }: ConfigSection): string {
  const rows = options.map((option) => {
    const cells = [
      names(option.env),
      names(option.flags, '--'),
      defaultCell(option),
      escapeCell(option.help),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const intro = command ? `Запуск: ${command.split(', ').map(code).join(' и ')}.\n\n` : '';
  const head = '| Переменная | Флаг | По умолчанию | Что это |\n| --- | --- | --- | --- |';
  return `## ${title}\n\n${intro}${[head, ...rows].join('\n')}\n`;
}

function names(list: readonly string[] | undefined, prefix = ''): string {
  return list ? list.map((name) => code(prefix + name)).join(', ') : '—';
}

/** A value is code; a description of the default is prose. */
function defaultCell(option: AnyOption): string {
  const shown = shownDefault(option);
  if (shown === '') return '—';
  return option.defaultText || option.isSwitch ? escapeCell(shown) : code(shown);
}

function code(text: string): string {
  return `\`${text}\``;
}

function escapeCell(text: string): string {
  return text.replaceAll(/[|*<>]/g, (character) => `\\${character}`);
}

const dotEnvHead = `# Настройки Orcestator. Скопируйте файл под именем .env и впишите ключ OpenRouter; остальное необязательно.
# Строка с # в начале не действует: показано значение по умолчанию. Подробнее: docs/config.md.
# Файл написан программой (pnpm docs:config), руками его не правят.
`;

/** The one variable without which the worker does not start. */
const REQUIRED = 'OR_API_KEY';

/** Each variable once, where it comes first. */
function renderDotEnv(sections: readonly ConfigSection[]): string {
  const seen = new Set<string>();
  const parts = sections.flatMap(({ title, options }) => {
    const entries = options.flatMap((option) => {
      const name = option.env?.[0];
      if (name === undefined || seen.has(name)) return [];
      seen.add(name);
      return [dotEnvEntry(name, option)];
    });
    return entries.length > 0 ? [`# --- ${title} ---\n`, ...entries] : [];
  });
  return [dotEnvHead, ...parts].join('\n');
}

function dotEnvEntry(name: string, option: AnyOption): string {
  const hint = option.defaultText ? `; по умолчанию — ${option.defaultText}` : '';
  const value = option.defaultText ? '' : writtenDefault(option);
  const help = option.help.charAt(0).toUpperCase() + option.help.slice(1);
  return `# ${help}${hint}\n${name === REQUIRED ? '' : '# '}${name}=${value}\n`;
}
