/** What a check of `orcestator doctor` is. A new one is a file in checks/ and a line in checks/index.ts. */
import type { DoctorWorld } from './world';

/** `problem`: something will not work; `warning`: it may not, or not for long. */
export type Level = 'ok' | 'warning' | 'problem';

export interface Finding {
  readonly level: Level;
  /** One line (Russian). Never a key. */
  readonly text: string;
  /** What to do, one line; present unless the level is `ok`. */
  readonly remedy?: string;
}

export const groups = ['Среда', 'Настройки', 'OpenRouter', 'Сервисы', 'Файлы', 'Copilot'] as const;
export type Group = (typeof groups)[number];

export interface DoctorCheck {
  /** In `--json`. */
  readonly id: string;
  readonly group: Group;
  /** Shown while it runs (Russian). */
  readonly title: string;
  /** Throws only when something unforeseen happens, which is reported as a warning. */
  run(world: DoctorWorld): Promise<readonly Finding[]> | readonly Finding[];
}

export const ok = (text: string): Finding => ({ level: 'ok', text });
export const warning = (text: string, remedy: string): Finding => ({ level: 'warning', text, remedy });
export const problem = (text: string, remedy: string): Finding => ({ level: 'problem', text, remedy });
