/** `logs`: the traffic log, readable in a terminal or as JSON, and followed while it grows. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { defineConfig, parsers, type ConfigTable } from '@orcestator/service-kit';
import type { ReadRow } from '@orcestator/worker';
import type { CliCommand, CommandContext } from '../command';
import { loadSettings } from '../load-settings';
import { dimmed, headerLine, jsonRow, showRow, type ShowOptions } from '../logs/format-log-row';
import { parseTime } from '../logs/parse-time';
import { CAUGHT_UP, followRows, lastRows, readFile, type Matches } from '../logs/read-logs';

interface LogsConfig {
  logFile: string;
  follow: boolean;
  lines: number;
  from: Date | undefined;
  to: Date | undefined;
  outcome: 'ok' | 'error' | 'cancelled' | undefined;
  grep: string;
  model: string;
  json: boolean;
}

type Worker = typeof import('@orcestator/worker');

/** Rows shown where nothing else is asked for. */
const LINES = 20;

export const logsCommand: CliCommand = {
  name: 'logs',
  summary: 'показать журнал трафика: последние запросы, отбор, слежение',
  run: async (argv, context) => {
    // Read only now: no other command needs the worker's code.
    const worker = await import('@orcestator/worker');
    const description = {
      name: 'orcestator logs',
      description: `Показывает журнал трафика (OR_LOG_FILE) и отложенные файлы. Без параметров — последние ${LINES} запросов.`,
      epilogue: 'Пример: orcestator logs --follow --outcome error\n',
    };
    const loaded = loadSettings(description, logsTable(worker), argv, context, (config) =>
      config.model === '' ? [] : [noModels],
    );
    return loaded.ok ? showLogs(loaded.config, worker, context) : loaded.exitCode;
  },
};

const noModels =
  '--model: the traffic log has no column for the model. Only the audit database knows it: set OR_DB_PATH and ask there.';

function logsTable({ trafficOptions }: Worker): ConfigTable<LogsConfig> {
  const now = new Date();
  const isSwitch = { parse: parsers.boolean, default: false, isSwitch: true } as const;
  return defineConfig<LogsConfig>({
    logFile: trafficOptions.logFile,
    follow: { flags: ['follow'], help: 'ждать новых запросов и показывать их; конец — Ctrl+C', ...isSwitch },
    lines: {
      flags: ['lines'],
      help: 'сколько последних строк показать; 0 — все',
      parse: parsers.integer(0),
      default: -1,
      defaultText: `${LINES}, а с --from или --to — все`,
    },
    from: {
      flags: ['from'],
      help: 'не раньше: today, yesterday, 2026-11-26, 2026-11-26T10:00 или 30m, 2h, 7d назад',
      parse: (text) => parseTime(text, 'from', now),
      default: undefined,
    },
    to: {
      flags: ['to'],
      help: 'не позже; день — до его конца',
      parse: (text) => parseTime(text, 'to', now),
      default: undefined,
    },
    outcome: {
      flags: ['outcome'],
      help: 'только с этим исходом: ok, error или cancelled',
      parse: parsers.oneOf(['ok', 'error', 'cancelled'] as const),
      default: undefined,
    },
    grep: {
      flags: ['grep'],
      help: 'только с этим текстом в вопросе или ответе; большие и малые буквы равны',
      parse: parsers.text,
      default: '',
    },
    model: {
      flags: ['model'],
      help: 'отбор по модели: её знает только аудит (OR_DB_PATH), в журнале трафика её нет',
      parse: parsers.text,
      default: '',
    },
    json: { flags: ['json'], help: 'по объекту JSON на строку', ...isSwitch },
  });
}

async function showLogs(
  config: Readonly<LogsConfig>,
  worker: Worker,
  context: CommandContext,
): Promise<number> {
  const { stderr, isTerminal } = context;
  const path = resolve(context.folder, config.logFile);
  const asides = await worker.rotatedFiles(path);
  const exists = existsSync(path);
  if (!exists && asides.length === 0 && !config.follow) {
    stderr.write(`Журнала ещё нет: ${path}\n${missingRemedy}\n`);
    return 1;
  }
  if (!exists && config.follow) stderr.write(`Журнала ещё нет, жду: ${path}\n`);
  const show: ShowOptions = { columns: isTerminal ? context.columns : undefined, isColoured: isTerminal };
  const output = createOutput(context);
  if (isTerminal && !config.json) await output.write(`${dimmed(headerLine(show), show)}\n`);
  const matches = matcher(config);
  const print = async (rows: readonly ReadRow[]): Promise<void> => {
    for (const row of rows)
      if (!output.isGone()) await output.write(`${config.json ? jsonRow(row) : showRow(row, show)}\n`);
  };
  const files = asides.filter((file) => !config.from || (worker.rotatedAt(file) ?? 0) >= config.from);
  const count = config.lines >= 0 ? config.lines : config.from || config.to ? 0 : LINES;
  await showFiles({ config, path, files, count: count || Infinity, matches, print, output, worker, context });
  return 0;
}

interface Showing {
  readonly config: Readonly<LogsConfig>;
  readonly path: string;
  /** Put aside, oldest first. */
  readonly files: readonly string[];
  readonly count: number;
  readonly matches: Matches;
  readonly print: (rows: readonly ReadRow[]) => Promise<void>;
  readonly output: Output;
  readonly worker: Worker;
  readonly context: CommandContext;
}

async function showFiles({ config, path, files, count, matches, print, ...parts }: Showing): Promise<void> {
  const { output, worker, context } = parts;
  const createReader = () => new worker.TrafficReader();
  if (!config.follow && count !== Infinity) {
    await print(await lastRows([...files, path], count, matches, createReader));
    return;
  }
  if (!config.follow) {
    for (const file of [...files, path])
      for await (const rows of readFile(file, createReader)) await print(rows.filter(matches));
    return;
  }
  // One reading of the present file, so that no row falls between "what is there" and "what comes".
  let present: ReadRow[] | undefined = [];
  for await (const rows of followRows(path, context.signal, createReader)) {
    if (rows === CAUGHT_UP) {
      const missing = count - (present?.length ?? 0);
      const earlier = missing > 0 ? await lastRows(files, missing, matches, createReader) : [];
      await print([...earlier, ...(present ?? [])]);
      present = undefined;
    } else if (present) present = [...present, ...rows.filter(matches)].slice(-count);
    else await print(rows.filter(matches));
    if (output.isGone()) return;
  }
}

const missingRemedy =
  'Он появится с первым запросом. Если воркер пишет в другое место, укажите его: --log-file или OR_LOG_FILE.';

function matcher({ from, to, outcome, grep }: Readonly<LogsConfig>): Matches {
  const wanted = grep.toLowerCase();
  return (row) =>
    (!from || row.endedAt >= from) &&
    (!to || row.endedAt <= to) &&
    (!outcome || row.outcome === outcome) &&
    (wanted === '' || `${row.user}\n${row.assistant}`.toLowerCase().includes(wanted));
}

interface Output {
  /** Not faster than the reader reads. */
  readonly write: (text: string) => Promise<void>;
  /** The reader is gone (`| head`): the command ends quietly. */
  readonly isGone: () => boolean;
}

function createOutput({ stdout, signal }: CommandContext): Output {
  let isGone = false;
  stdout.on('error', () => (isGone = true));
  return {
    isGone: () => isGone || signal.aborted,
    write: async (text) => {
      if (stdout.write(text) || isGone) return;
      await new Promise<void>((resume) => {
        const events = ['drain', 'close', 'error'] as const;
        const done = (): void => {
          for (const event of events) stdout.off(event, done);
          resume();
        };
        for (const event of events) stdout.on(event, done);
      });
    },
  };
}
