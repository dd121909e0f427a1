/** `stats`: requests, tokens, cost and latency by day, model and client. */
import { defineConfig, parsers } from '@orcestator/service-kit';
import { withAudit } from '../audit/open-audit';
import { dbPathOption, fromOption, jsonOption, toOption } from '../audit/options';
import { groupings, lineOf, linesBy, report, type Grouping } from '../audit/stats-report';
import type { CliCommand } from '../command';
import { loadSettings } from '../load-settings';

interface StatsConfig {
  dbPath: string;
  from: number;
  to: number;
  by: Grouping | undefined;
  json: boolean;
}

const table = defineConfig<StatsConfig>({
  from: fromOption(30),
  to: toOption,
  by: {
    flags: ['by'],
    help: 'как сложить: day — по дням, model — по ответившим моделям, client — по ключам клиентов',
    parse: parsers.oneOf(groupings),
    default: undefined,
    defaultText: 'две таблицы, day и model',
  },
  json: jsonOption,
  dbPath: dbPathOption,
});

const description = {
  name: 'orcestator stats',
  description:
    'Показывает по базе аудита: запросы, ошибки, отмены, токены, цену, время ответа и время до первого токена.',
  epilogue:
    'Ответ и 1-й токен — два времени: в первое уложилась половина запросов, во второе 95 % (точность 5 %).\nГраницы времени округляются до целых часов.\nПример: orcestator stats --from 7d --by model\n',
};

export const statsCommand: CliCommand = {
  name: 'stats',
  summary: 'статистика: запросы, токены, цена, задержки',
  run: async (argv, context) => {
    const loaded = loadSettings(description, table, argv, context);
    if (!loaded.ok) return loaded.exitCode;
    const { dbPath, from, to, by, json } = loaded.config;
    return withAudit(dbPath, context, async (reader, audit) => {
      const hours = await reader.hours(from, to);
      const total = lineOf('Всего', hours, audit);
      const chosen: readonly Grouping[] = by ? [by] : ['day', 'model'];
      const tables = chosen.map((grouping) => ({ grouping, lines: linesBy(grouping, hours, audit) }));
      if (json) {
        const { name: _name, ...sums } = total;
        const groups = Object.fromEntries(tables.map(({ grouping, lines }) => [grouping, lines]));
        context.stdout.write(`${JSON.stringify({ total: sums, ...groups }, null, 2)}\n`);
      } else if (hours.length === 0) {
        context.stdout.write('За это время запросов нет. Другое время: --from 365d\n');
      } else {
        const text = tables.map(({ grouping, lines }) =>
          report(grouping, lines, total, context.columns).join('\n'),
        );
        context.stdout.write(`${text.join('\n\n')}\n`);
      }
      return 0;
    });
  },
};
