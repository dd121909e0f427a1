/** Settings that the commands reading the audit share. */
import type { AuditOutcome } from '@orcestator/audit';
import { parsers, type ConfigOption } from '@orcestator/service-kit';
import { parseFrom, parseTo } from '../time-filter';

/** As in the database; the package with its list loads TypeORM and is not imported for a help text. */
const outcomes = ['ok', 'error', 'cancelled'] as const satisfies readonly AuditOutcome[];

export const dbPathOption: ConfigOption<string> = {
  flags: ['db-path'],
  env: ['OR_DB_PATH'],
  help: 'файл базы аудита',
  parse: parsers.text,
  default: '',
  defaultText: 'нет',
};

export const jsonOption: ConfigOption<boolean> = {
  flags: ['json'],
  help: 'напечатать JSON, для скриптов',
  parse: parsers.boolean,
  default: false,
  isSwitch: true,
};

export const fromOption = (days: number | undefined): ConfigOption<number> => ({
  flags: ['from'],
  help: 'с какого времени: 2026-11-30, 2026-11-30T14:00, today, yesterday, 7d, 24h',
  parse: (text) => parseFrom(text, new Date()),
  default: days === undefined ? 0 : Date.now() - days * 86_400_000,
  defaultText: days === undefined ? 'с начала' : `${days}d`,
});

export const toOption: ConfigOption<number> = {
  flags: ['to'],
  help: 'до какого времени, день входит целиком',
  parse: (text) => parseTo(text, new Date()),
  default: Number.MAX_SAFE_INTEGER,
  defaultText: 'до сих пор',
};

export const modelOption: ConfigOption<string> = {
  flags: ['model'],
  help: 'только эта модель: ответившая или запрошенная',
  parse: parsers.text,
  default: '',
  defaultText: 'все',
};

export const outcomeOption: ConfigOption<AuditOutcome | undefined> = {
  flags: ['outcome'],
  help: 'только такой исход: ok, error или cancelled',
  parse: parsers.oneOf(outcomes),
  default: undefined,
  defaultText: 'все',
};
