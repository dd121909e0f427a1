/** Opens the audit database for a command, or says what keeps it from that and what to do. */
import { isAbsolute, join } from 'node:path';
import type { AuditReader } from '@orcestator/audit';
import type { CommandContext } from '../command';

const NOT_SET = `Аудит не ведётся: OR_DB_PATH не задан.
Впишите в файл .env в корне проекта строку
  OR_DB_PATH=data/audit.db
и перезапустите шлюз: с этого времени запросы будут записываться.
`;

/** Runs the work with the open database; 1 when it cannot be opened (the reason is printed). */
export async function withAudit(
  dbPath: string,
  { folder, stderr }: CommandContext,
  work: (reader: AuditReader, audit: typeof import('@orcestator/audit')) => Promise<number>,
): Promise<number> {
  if (dbPath === '') {
    stderr.write(NOT_SET);
    return 1;
  }
  const path = isAbsolute(dbPath) ? dbPath : join(folder, dbPath);
  // Loads TypeORM: only commands that need it.
  const audit = await import('@orcestator/audit');
  let reader: AuditReader;
  try {
    reader = await audit.openAuditReader(path);
  } catch (error) {
    if (!(error instanceof audit.AuditRefusedError)) throw error;
    stderr.write(`Не могу прочитать базу аудита (OR_DB_PATH): ${error.message}.\n${remedy(error.message)}`);
    return 1;
  }
  try {
    return await work(reader, audit);
  } finally {
    await reader.close();
  }
}

function remedy(message: string): string {
  if (message.startsWith('there is no file'))
    return 'Файл появится, когда воркер с этой настройкой запустится. Проверьте путь: он считается от корня проекта.\n';
  if (message.includes('is damaged'))
    return 'Воркер при следующей записи сам отложит этот файл в сторону и начнёт новый; прочитанное спасает команда sqlite3 ".recover".\n';
  return '';
}
