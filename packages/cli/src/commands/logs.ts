/** `logs`: the traffic log, readable in a terminal or as JSON, and followed while it grows. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { AuditOutcome } from '@orcestator/audit';
import { defineConfig, parsers, type ConfigTable } from '@orcestator/service-kit';
import type { ReadRow } from '@orcestator/worker';
import type { CliCommand, CommandContext } from '../command';
import { withAudit } from '../audit/open-audit';
import { dbPathOption, fromOption, modelOption, outcomeOption, toOption } from '../audit/options';
import { loadSettings } from '../load-settings';
import { dimmed, headerLine, jsonRow, showRow, type ShowOptions } from '../logs/format-log-row';
import { modelMatches } from '../logs/model-filter';
import { CAUGHT_UP, followRows, lastRows, readFile, type Matches } from '../logs/read-logs';

interface LogsConfig {
  logFile: string;
  follow: boolean;
  lines: number;
  /** Epoch milliseconds; the second one is not included. */
  from: number;
  to: number;
  outcome: AuditOutcome | undefined;
  grep: string;
  model: string;
  dbPath: string;
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
      config.model !== '' && config.follow ? [noModelsYet] : [],
    );
    if (!loaded.ok) return loaded.exitCode;
    const { config } = loaded;
    if (config.model === '') return showLogs(config, worker, context);
    return withAudit(config.dbPath, context, async (reader) =>
      showLogs(config, worker, context, await modelMatches(reader, config)),
    );
  },
};

const noModelsYet =
  '--model: the audit, which knows the model, is written a moment later than the log; leave --follow or --model out.';

function logsTable({ trafficOptions }: Worker): ConfigTable<LogsConfig> {
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
    from: fromOption(undefined),
    to: toOption,
    outcome: outcomeOption,
    grep: {
      flags: ['grep'],
      help: 'только с этим текстом в вопросе или ответе; большие и малые буквы равны',
      parse: parsers.text,
      default: '',
    },
    model: {
      ...modelOption,
      help: 'только эта модель, ответившая или запрошенная; нужен аудит (OR_DB_PATH)',
    },
    dbPath: dbPathOption,
    json: { flags: ['json'], help: 'по объекту JSON на строку', ...isSwitch },
  });
}

async function showLogs(
  config: Readonly<LogsConfig>,
  worker: Worker,
  context: CommandContext,
  ofModel: Matches = () => true,
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
  const matchesRest = matcher(config);
  const matches: Matches = (row) => matchesRest(row) && ofModel(row);
  const print = async (rows: readonly ReadRow[]): Promise<void> => {
    for (const row of rows)
      if (!output.isGone()) await output.write(`${config.json ? jsonRow(row) : showRow(row, show)}\n`);
  };
  const files = asides.filter((file) => Number(worker.rotatedAt(file) ?? 0) >= config.from);
  const count =
    config.lines >= 0 ? config.lines : config.from > 0 || config.to < toOption.default ? 0 : LINES;
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
    row.endedAt.getTime() >= from &&
    row.endedAt.getTime() < to &&
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
