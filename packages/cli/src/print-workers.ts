/** The list of workers as a table for people. */
import type { ListWorkersAnswer, WorkerEntry } from '@orcestator/protocol';

const head = ['АДРЕС', 'ПРОТОКОЛЫ', 'ОЧЕРЕДЬ', 'СОСТОЯНИЕ', 'ОТВЕЧАЛ', 'МОДЕЛИ'] as const;

/** One line a worker; the models come last, so that a long list disturbs nothing. */
export function formatWorkers({ workers, probe_interval: interval }: ListWorkersAnswer): string {
  const rows = workers.map((worker) => [
    worker.worker_name,
    worker.protocols.join(', ') || '—',
    String(worker.queue_length),
    stateOf(worker, interval),
    formatAge(worker.silent_for),
    modelsOf(worker) || '—',
  ]);
  const all: (readonly string[])[] = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const lines = all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const failures = workers
    .filter((worker) => !worker.is_available && worker.failure !== '')
    .map((worker) => `${worker.worker_name}: ${worker.failure}`);
  return [...lines, ...(failures.length > 0 ? ['', ...failures] : [])].join('\n');
}

/** Names and patterns. */
export function modelsOf({ model_names: names, model_patterns: patterns }: WorkerEntry): string {
  return [...names, ...patterns].join(', ');
}

/** How the controller knows that a worker lives, in a few words. */
export function stateOf(worker: WorkerEntry, interval: number): string {
  if (!worker.is_available) return 'не отвечает';
  return worker.check_heart_beat ? 'шлёт сигналы' : `опрос раз в ${interval} с`;
}

function formatAge(seconds: number): string {
  if (seconds < 60) return `${seconds} с назад`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} мин назад`;
  return `${Math.floor(seconds / 3_600)} ч назад`;
}
