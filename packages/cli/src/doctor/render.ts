/** The findings as text for people and as JSON for scripts. */
import { groups, type Finding, type Level } from './check';
import type { Result } from './run-checks';

export interface Look {
  readonly hasColours: boolean;
  /** Marks beyond ASCII: a console in cp866 or cp1251 has none. */
  readonly hasUnicode: boolean;
}

const marks: Readonly<
  Record<Level, { readonly unicode: string; readonly ascii: string; readonly colour: number }>
> = {
  ok: { unicode: '✓', ascii: '[ok]', colour: 32 },
  warning: { unicode: '!', ascii: '[! ]', colour: 33 },
  problem: { unicode: '✗', ascii: '[XX]', colour: 31 },
};

/** `env` and `platform` of the process: what the terminal says of itself. */
export function hasUnicode(env: Readonly<Record<string, string | undefined>>, platform: string): boolean {
  if (platform === 'win32')
    return Boolean(env.WT_SESSION) || env.TERM_PROGRAM === 'vscode' || env.ConEmuANSI === 'ON';
  if (platform === 'darwin') return true;
  return /utf-?8/i.test(env.LC_ALL || env.LC_CTYPE || env.LANG || '');
}

export function render(results: readonly Result[], look: Look): string {
  const lines = groups.flatMap((group) => {
    const findings = results
      .filter(({ check }) => check.group === group)
      .flatMap((result) => result.findings);
    return findings.length === 0
      ? []
      : [group, ...findings.flatMap((finding) => findingLines(finding, look)), ''];
  });
  return [...lines, summary(results)].join('\n');
}

function findingLines({ level, text, remedy }: Finding, { hasColours, hasUnicode: unicode }: Look): string[] {
  const { colour, ...mark } = marks[level];
  const plain = unicode ? mark.unicode : mark.ascii;
  const shown = hasColours ? `\u001b[${colour}m${plain}\u001b[0m` : plain;
  const indent = ' '.repeat(plain.length + 3);
  return [
    `  ${shown} ${text}`,
    ...(remedy === undefined ? [] : [`${indent}${unicode ? '→' : '->'} ${remedy}`]),
  ];
}

function summary(results: readonly Result[]): string {
  const { problems, warnings } = countOf(results);
  if (problems + warnings === 0) return 'Всё в порядке.';
  return `Неполадок: ${problems}, предупреждений: ${warnings}.`;
}

export function countOf(results: readonly Result[]): { problems: number; warnings: number } {
  const levels = results.flatMap(({ findings }) => findings.map(({ level }) => level));
  const count = (wanted: Level): number => levels.filter((level) => level === wanted).length;
  return { problems: count('problem'), warnings: count('warning') };
}

/** `{"ok", "problems", "warnings", "findings": [{"check", "group", "level", "text", "remedy"?}]}`. */
export function renderJson(results: readonly Result[]): string {
  const { problems, warnings } = countOf(results);
  const findings = results.flatMap(({ check, findings: own }) =>
    own.map((finding) => ({ check: check.id, group: check.group, ...finding })),
  );
  return JSON.stringify({ ok: problems === 0, problems, warnings, findings }, null, 2);
}
