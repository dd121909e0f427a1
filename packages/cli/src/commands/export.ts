/** `export`: requests as CSV or JSONL, as many as there are, in constant memory. */
import { isAbsolute, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { AuditFilter, AuditOutcome, AuditReader } from '@orcestator/audit';
import { defineConfig, errorCodeOf, parsers } from '@orcestator/service-kit';
import { writeAtomically } from '../audit/atomic-file';
import { BYTE_ORDER_MARK, exportFormats, lineFormats, type ExportFormat } from '../audit/export-formats';
import { withAudit } from '../audit/open-audit';
import { dbPathOption, fromOption, modelOption, outcomeOption, toOption } from '../audit/options';
import type { CliCommand, CommandContext } from '../command';
import { loadSettings } from '../load-settings';

interface ExportConfig {
  dbPath: string;
  from: number;
  to: number;
  model: string;
  outcome: AuditOutcome | undefined;
  format: ExportFormat;
  out: string;
  texts: boolean;
  bom: boolean;
}

const isSwitch = { parse: parsers.boolean, default: false, isSwitch: true } as const;

const table = defineConfig<ExportConfig>({
  format: {
    flags: ['format'],
    help: 'вид: csv или jsonl',
    parse: parsers.oneOf(exportFormats),
    default: 'csv',
  },
  out: {
    flags: ['out'],
    help: 'куда писать',
    parse: parsers.text,
    default: '',
    defaultText: 'стандартный вывод',
  },
  from: fromOption(undefined),
  to: toOption,
  model: modelOption,
  outcome: outcomeOption,
  texts: { flags: ['texts'], help: 'вместе с сообщениями и ответами', ...isSwitch },
  bom: { flags: ['bom'], help: 'метка UTF-8 в начале CSV: без неё Excel портит русский текст', ...isSwitch },
  dbPath: dbPathOption,
});

const description = {
  name: 'orcestator export',
  description: 'Выгружает запросы из базы аудита в CSV или JSONL.',
  epilogue: 'Пример: orcestator export --format csv --bom --from 7d --out requests.csv\n',
};

/** What a shell says of a program that Ctrl+C ended. */
const INTERRUPTED = 130;
const PROGRESS_EVERY_MS = 500;

export const exportCommand: CliCommand = {
  name: 'export',
  summary: 'выгрузка запросов в CSV или JSONL',
  run: async (argv, context) => {
    const loaded = loadSettings(description, table, argv, context);
    if (!loaded.ok) return loaded.exitCode;
    return withAudit(loaded.config.dbPath, context, (reader) => exportAll(loaded.config, reader, context));
  },
};

async function exportAll(
  config: Readonly<ExportConfig>,
  reader: AuditReader,
  context: CommandContext,
): Promise<number> {
  const { stdout, stderr, signal, folder } = context;
  const progress = new Progress(context, config.out !== '');
  const lines = linesOf(config, reader, progress);
  const path = isAbsolute(config.out) ? config.out : join(folder, config.out);
  try {
    if (config.out === '') await pipeline(Readable.from(lines), stdout, { signal, end: false });
    else await writeAtomically(path, lines, signal);
  } catch (error) {
    progress.clear();
    // The reader of a pipe (`| head`) has seen enough.
    if (errorCodeOf(error) === 'EPIPE') return 0;
    stderr.write(
      signal.aborted
        ? `Прервано${config.out === '' ? '' : `, файл ${config.out} не создан`}.\n`
        : `Не могу записать ${config.out || 'вывод'}: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    return signal.aborted ? INTERRUPTED : 1;
  }
  progress.clear();
  if (config.out !== '') stderr.write(`Записано запросов: ${progress.rows}, файл ${config.out}\n`);
  return 0;
}

async function* linesOf(
  config: Readonly<ExportConfig>,
  reader: AuditReader,
  progress: Progress,
): AsyncGenerator<string> {
  const { from, to, model, outcome, format, texts, bom } = config;
  const filter: AuditFilter = {
    from,
    to,
    ...(model === '' ? {} : { model }),
    ...(outcome ? { outcome } : {}),
  };
  const lines = lineFormats[format];
  yield (bom && format === 'csv' ? BYTE_ORDER_MARK : '') + lines.head(texts);
  progress.span = await reader.span(filter);
  for await (const page of reader.pages(filter, texts)) {
    yield page.map((conversation) => lines.line(conversation, texts)).join('');
    progress.add(page.length, page.at(-1)?.row.startedAt ?? 0);
  }
}

/** One line on stderr, redrawn; for terminals only. */
class Progress {
  readonly #stderr: CommandContext['stderr'];
  readonly #isShown: boolean;
  #last = 0;
  rows = 0;
  span: { first: number; last: number } | undefined;

  constructor({ stderr, isTerminal }: CommandContext, isFile: boolean) {
    this.#stderr = stderr;
    this.#isShown = isTerminal && isFile;
  }

  /** `at` is how far in time the export has come. */
  add(rows: number, at: number): void {
    this.rows += rows;
    const now = performance.now();
    if (!this.#isShown || !this.span || now - this.#last < PROGRESS_EVERY_MS) return;
    this.#last = now;
    const { first, last } = this.span;
    const percent = Math.floor((100 * (at - first)) / Math.max(1, last - first));
    this.#stderr.write(`\r${this.rows} запросов, ${percent} % `);
  }

  clear(): void {
    if (this.#isShown && this.#last > 0) this.#stderr.write(`\r${' '.repeat(40)}\r`);
  }
}
