/** `show`: one request with its whole conversation. */
import type { AuditReader, StoredRequest } from '@orcestator/audit';
import { defineConfig } from '@orcestator/service-kit';
import { conversationJson, conversationOf, headOf } from '../audit/conversation';
import { withAudit } from '../audit/open-audit';
import { dbPathOption, jsonOption } from '../audit/options';
import type { CliCommand, CommandContext } from '../command';
import { loadSettings } from '../load-settings';
import { printableLine } from '../terminal-text';

interface ShowConfig {
  dbPath: string;
  json: boolean;
}

const table = defineConfig<ShowConfig>({ json: jsonOption, dbPath: dbPathOption });

const description = {
  name: 'orcestator show',
  description:
    'Показывает запрос из базы аудита целиком: что о нём известно, сообщения, ответ, вызовы инструментов.',
  operands: [
    {
      name: 'номер',
      help: 'x-request-id из ответа или журнала, его начало, или номер OpenRouter (gen-…)',
      isRequired: true,
    },
  ],
  epilogue: 'Пример: orcestator show 4f1c2a\n',
};

/** Ids named when a prefix fits several. */
const SHOWN_IDS = 10;

export const showCommand: CliCommand = {
  name: 'show',
  summary: 'один запрос целиком: разговор, модель, токены, цена',
  run: async (argv, context) => {
    const loaded = loadSettings(description, table, argv, context);
    if (!loaded.ok) return loaded.exitCode;
    const { config, operands } = loaded;
    return withAudit(config.dbPath, context, async (reader) => {
      const rows = await findRequests(reader, operands[0] ?? '', context);
      if (rows.length === 0) return 1;
      if (config.json) await printJson(reader, rows, context);
      else await print(reader, rows, context);
      return 0;
    });
  },
};

/** By the whole id, else by its beginning when only one begins so; empty when the reason is printed. */
async function findRequests(
  reader: AuditReader,
  id: string,
  { stderr }: CommandContext,
): Promise<StoredRequest[]> {
  const rows = await reader.find(id);
  if (rows.length > 0) return rows;
  const ids = id === '' ? [] : await reader.idsWithPrefix(id, SHOWN_IDS + 1);
  if (ids[0] !== undefined && ids.length === 1) return reader.find(ids[0]);
  const shown = ids.slice(0, SHOWN_IDS).map((one) => `  ${printableLine(one)}\n`);
  if (ids.length > SHOWN_IDS) shown.push('  …\n');
  stderr.write(
    ids.length === 0
      ? `Запроса ${printableLine(id)} в аудите нет: номер неверен, запрос ещё идёт, или он старше OR_AUDIT_RETENTION_DAYS.\n`
      : `Так начинаются несколько номеров, допишите:\n${shown.join('')}`,
  );
  return [];
}

async function printJson(
  reader: AuditReader,
  rows: StoredRequest[],
  { stdout }: CommandContext,
): Promise<void> {
  for (const row of rows) stdout.write(`${conversationJson({ row, texts: await reader.texts(row) })}\n`);
}

async function print(reader: AuditReader, rows: StoredRequest[], context: CommandContext): Promise<void> {
  for (const [index, row] of rows.entries()) {
    const note = rows.length > 1 ? [`Попытка ${index + 1} из ${rows.length} с этим номером`] : [];
    const conversation = conversationOf(await reader.texts(row), context.columns);
    context.stdout.write(`${[...note, ...headOf(row), ...conversation, ''].join('\n')}\n`);
  }
}
